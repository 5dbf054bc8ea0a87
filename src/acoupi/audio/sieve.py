"""What sound passes through on its way from the microphone to the disk."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, runtime_checkable

from acoupi.audio.loss import Lost
from acoupi.audio.wav import WavFormat
from acoupi.data import EffortState, Recording
from acoupi.errors import AcoupiError, ConfigurationError

__all__ = ["Sieve", "Sifting", "Withheld", "removed_by", "sift", "sift_with"]


class Withheld(AcoupiError):
    """Nothing of a recording is to be kept; that is no fault.

    Parameters
    ----------
    state
        What the ledger of effort is to say of its time.
    reason
        Why, in a few words.
    """

    def __init__(self, state: EffortState, reason: str) -> None:
        super().__init__(f"nothing is kept of this recording: {reason}")
        self.state = state
        self.reason = reason
        self.recording: Recording | None = None
        """What it would have been; the recorder says it."""


class Sieve(Protocol):
    """Looks at sound before it is written, and may change it or hold it back."""

    def begin(self, format: WavFormat, recording: Recording) -> None:
        """Begin with a recording, which follows those before it in time."""
        ...

    def sift(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Pass the sound of the recording on.

        Parameters
        ----------
        blocks
            Little-endian, interleaved samples, in whole frames. They end early
            if the microphone fails.

        Yields
        ------
        bytes
            As many in the end as came in.

        Raises
        ------
        Withheld
            If nothing of it may be kept.
        """
        ...

    def losses(self) -> list[Lost]:
        """Return what was taken out since this was last asked."""
        ...


@runtime_checkable
class Sifting(Protocol):
    """A recorder whose sound passes through sieves."""

    sieves: Sequence[Sieve]


def sift_with(recorder: object, sieves: Sequence[Sieve]) -> None:
    """Let all that a recorder writes pass through sieves, in their order.

    Raises
    ------
    ConfigurationError
        If the recorder can do no such thing, and there are any.
    """
    if isinstance(recorder, Sifting):
        recorder.sieves = sieves
    elif sieves:
        names = ", ".join(type(sieve).__name__ for sieve in sieves)
        raise ConfigurationError(
            f"the recorder {type(recorder).__name__} writes its sound without passing it "
            f"through {names}",
            help="use one of acoupi's own recorders, or leave out what asks for it",
        )


def sift(
    sieves: Sequence[Sieve], format: WavFormat, recording: Recording, blocks: Iterable[bytes]
) -> Iterator[bytes]:
    """Pass the sound of a recording through sieves."""
    sifted = iter(blocks)
    for sieve in sieves:
        sieve.begin(format, recording)
        sifted = sieve.sift(sifted)
    return sifted


def removed_by(sieves: Sequence[Sieve]) -> list[Lost]:
    """Return what sieves took out since this was last asked."""
    return [lost for sieve in sieves for lost in sieve.losses()]
