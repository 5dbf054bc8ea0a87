"""Lets nothing that people say come to the disk."""

import contextlib
import datetime as dt
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from acoupi._home import lies_in_memory
from acoupi.audio.loss import Lost
from acoupi.audio.privacy.held import Held, overlaps, silenced
from acoupi.audio.privacy.marks import forget_marks, mark_private
from acoupi.audio.privacy.spans import PrivateSpans
from acoupi.audio.sieve import Withheld
from acoupi.audio.wav import WavFormat
from acoupi.data import EffortState, Recording
from acoupi.errors import RecordingError

if TYPE_CHECKING:
    from acoupi.audio.privacy.ear import Ear, SpeechModel

__all__ = ["MARGIN_S", "THRESHOLD", "GatePolicy", "PrivacyGate"]

GatePolicy = Literal["drop", "silence", "keep_detection"]
"""
``drop``: nothing is kept of a recording in which people speak.
``silence``: what they say is silenced.
``keep_detection``: models hear the recording in memory, and it is never kept.
"""

THRESHOLD = 0.3
MARGIN_S = 0.5
JOINS_WITHIN_S = 0.05
"""Recordings with less between them continue each other."""

DETAILS: dict[GatePolicy, str] = {"silence": "silenced", "keep_detection": "detections only"}


@dataclass(frozen=True)
class _Hearing:
    """What is known of the recording that is being made."""

    recording: Recording
    format: WavFormat
    ear: "Ear"
    spans: PrivateSpans
    held: Held


class PrivacyGate:
    """A sieve that holds sound back until it is known whether people speak in it.

    Should the model fail, nothing is kept.

    Parameters
    ----------
    policy
        What happens to a recording in which they do.
    load_model
        Makes what hears speech; called by the process that records.
    threshold
        From which probability on it is speech.
    margin_s
        How much before and after speech counts as speech; so long, and a
        moment more, sound is held back.
    """

    def __init__(
        self,
        policy: GatePolicy,
        load_model: Callable[[], "SpeechModel"],
        threshold: float = THRESHOLD,
        margin_s: float = MARGIN_S,
    ) -> None:
        self.policy: GatePolicy = policy
        self.threshold = threshold
        self.margin_s = margin_s
        self._load_model = load_model
        self._model: SpeechModel | None = None
        self._hearing: _Hearing | None = None
        self._private_until: dt.datetime | None = None
        self._ended_on: dt.datetime | None = None
        self._lost: list[Lost] = []

    def begin(self, format: WavFormat, recording: Recording) -> None:
        """Begin with a recording, which follows those before it in time.

        Raises
        ------
        RecordingError
            If speech cannot be found, or could come to the disk.
        """
        with self._nothing_passes():
            if self.policy == "keep_detection":
                _require_memory(recording.path)
            self._model = self._model or self._load_model()
            if not self._continues(recording):
                self._model.forget()
            self._hearing = self._begin(self._model, format, recording)

    def sift(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Pass on what is not private, a little later than it comes.

        Raises
        ------
        Withheld
            If people speak, and the recording is to be dropped.
        RecordingError
            If speech cannot be found.
        """
        hearing, self._hearing = self._hearing, None
        if hearing is None:
            raise RecordingError("the privacy gate was not told which recording it is to hear")
        for block in blocks:
            with self._nothing_passes():
                passed = self._hear(hearing, block)
            if passed:
                yield passed
        with self._nothing_passes():
            passed = self._finish(hearing)
        if passed:
            yield passed

    def losses(self) -> list[Lost]:
        """Return what was taken out since this was last asked."""
        lost, self._lost = self._lost, []
        return lost

    @contextlib.contextmanager
    def _nothing_passes(self) -> Generator[None]:
        """Let nothing pass if anything fails, whatever it is."""
        try:
            yield
        except Withheld:
            raise
        except Exception as error:
            self._model = self._ended_on = self._private_until = None
            raise RecordingError(
                f"the privacy gate failed, so nothing is kept: {error}",
                help=getattr(error, "help", None) or "acoupi check says what it needs",
            ) from error

    def _continues(self, recording: Recording) -> bool:
        if self._ended_on is None:
            return False
        return abs((recording.created_on - self._ended_on).total_seconds()) < JOINS_WITHIN_S

    def _begin(self, model: "SpeechModel", format: WavFormat, recording: Recording) -> _Hearing:
        from acoupi.audio.privacy.ear import Ear  # numpy works from here on

        margin = round(self.margin_s * format.rate_hz * recording.time_expansion)
        left_s = 0.0
        if self._private_until is not None:
            left_s = (self._private_until - recording.created_on).total_seconds()
        private_until = min(margin, round(left_s * format.rate_hz))
        return _Hearing(
            recording,
            format,
            Ear(model, format, recording.time_expansion),
            PrivateSpans(self.threshold, margin, private_until),
            Held(format.frame_bytes),
        )

    def _hear(self, hearing: _Hearing, block: bytes) -> bytes:
        hearing.held.hold(block)
        for end, probability in hearing.ear.hear(block):
            hearing.spans.hear(end, probability)
        return self._release(hearing, hearing.spans.decided_to)

    def _finish(self, hearing: _Hearing) -> bytes:
        for end, probability in hearing.ear.finish():
            hearing.spans.hear(end, probability)
        hearing.spans.finish()
        self._remember(hearing)
        if self.policy == "drop" and hearing.spans.spans:
            raise Withheld(EffortState.PRIVATE, "people spoke")
        self._lost += self._private(hearing)
        return self._release(hearing, hearing.held.end)

    def _release(self, hearing: _Hearing, end: int) -> bytes:
        first, spans = hearing.held.first, hearing.spans.spans
        released = hearing.held.release(end)
        if not spans:
            return released
        if self.policy == "silence":
            return silenced(released, first, spans, hearing.format)
        if self.policy == "keep_detection":
            self._mark(hearing.recording.path)
            return released
        return b""  # what was passed on before goes with the rest, at the end

    def _mark(self, path: Path | None) -> None:
        if path is not None:
            mark_private(path)

    def _remember(self, hearing: _Hearing) -> None:
        """Note what the next recording has to know of this one."""
        end = hearing.held.end
        rate_hz = hearing.format.rate_hz
        self._ended_on = _instant(hearing, end)
        left = dt.timedelta(seconds=hearing.spans.private_after(end) / rate_hz)
        self._private_until = self._ended_on + left if left else None
        if hearing.recording.path is not None and self.policy == "keep_detection":
            forget_marks(hearing.recording.path.parent)

    def _private(self, hearing: _Hearing) -> Sequence[Lost]:
        return [
            Lost(
                _instant(hearing, start),
                _instant(hearing, end),
                end - start,
                "private",
                DETAILS[self.policy],
            )
            for start, end in overlaps(hearing.spans.spans, 0, hearing.held.end)
        ]


def _instant(hearing: _Hearing, frame: int) -> dt.datetime:
    heard = dt.timedelta(seconds=frame / hearing.format.rate_hz)
    return hearing.recording.created_on + heard


def _require_memory(path: Path | None) -> None:
    if path is None or not lies_in_memory(path.parent):
        raise RecordingError(
            f"recordings wait in {path and path.parent}, which is not in memory",
            help="let paths.tmp_audio be a folder on a tmpfs, such as one below /dev/shm; "
            "or let privacy.policy be silence or drop",
        )
