"""Lets only recordings to the disk in which a band was loud, and their neighbours."""

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from acoupi.audio.loss import Lost
from acoupi.audio.loudness import Trigger
from acoupi.audio.sieve import Withheld
from acoupi.audio.wav import WavFormat
from acoupi.data import EffortState, Recording

if TYPE_CHECKING:
    from acoupi.audio.loud_moments import LoudMoments

__all__ = ["MOST_HELD_BYTES", "Held", "TriggerSieve"]

MOST_HELD_BYTES = 64 << 20
"""What is kept in memory of recordings that may still be wanted."""

QUIET = "below the trigger"


@dataclass(frozen=True)
class Held:
    """A recording that is in memory only."""

    recording: Recording
    format: WavFormat
    samples: bytes

    @property
    def ended_on(self) -> dt.datetime:
        """The instant of its end."""
        return self.recording.created_on + dt.timedelta(seconds=self.recording.duration)


class TriggerSieve:
    """Withholds quiet recordings.

    What is held back for a pre-roll has passed all sieves before this one, and
    none after it: let it be the last.

    Parameters
    ----------
    trigger
        What is not quiet.
    keep
        Called with each recording that was withheld, when it turns out that it
        lies in the pre-roll of the next.
    """

    def __init__(self, trigger: Trigger, keep: Callable[[Held], None] = lambda held: None) -> None:
        self.trigger = trigger
        self._keep = keep
        self._ears: LoudMoments | None = None
        self._recording: Recording | None = None
        self._past: deque[Held] = deque()
        self._open_until: dt.datetime | None = None

    def begin(self, format: WavFormat, recording: Recording) -> None:
        """Begin with a recording."""
        from acoupi.audio.loud_moments import LoudMoments

        heard_as = format, recording.time_expansion
        if self._ears is None or self._ears.heard_as != heard_as:
            self._ears = LoudMoments(self.trigger, *heard_as)
        self._ears.begin()
        self._recording = recording

    def sift(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Pass the recording on from the first loud moment, or as a whole near one.

        Raises
        ------
        Withheld
            If it is quiet.
        """
        recording, ears = self._begun()
        is_wanted = ears.is_deaf or self._is_post_roll(recording)
        held = bytearray()
        came = 0
        for block in blocks:
            came += len(block)
            held += block
            is_wanted |= self._hear(ears.hear(block), recording)
            if is_wanted or len(held) > MOST_HELD_BYTES:
                yield bytes(held)
                held.clear()
        is_wanted |= self._hear(ears.hear_rest(), recording)
        if is_wanted:
            yield bytes(held)
        elif came >= _expected_bytes(recording, ears.format):
            self._hold(Held(recording, ears.format, bytes(held)), came)
            raise Withheld(EffortState.QUIET, QUIET)

    def losses(self) -> list[Lost]:
        """Return nothing: what is quiet is withheld as a whole."""
        return []

    def _begun(self) -> "tuple[Recording, LoudMoments]":
        if self._recording is None or self._ears is None:
            raise RuntimeError("sift was called before begin")
        return self._recording, self._ears

    def _is_post_roll(self, recording: Recording) -> bool:
        if self._open_until is None:
            return False
        # Much longer than the post-roll it can only be if the clock was set back.
        left_s = (self._open_until - recording.created_on).total_seconds()
        return 0 < left_s <= self.trigger.post_roll_s + recording.duration

    def _hear(self, loud_s: Iterable[float], recording: Recording) -> bool:
        """Take note of loud moments, and tell whether there are any."""
        moments = [recording.created_on + dt.timedelta(seconds=at_s) for at_s in loud_s]
        if not moments:
            return False
        self._open_until = moments[-1] + dt.timedelta(seconds=self.trigger.post_roll_s)
        self._release(moments[0])
        return True

    def _release(self, loud_on: dt.datetime) -> None:
        """Keep what was withheld and lies in the pre-roll of an instant."""
        past, self._past = self._past, deque()
        for held in past:
            before_s = (loud_on - held.ended_on).total_seconds()
            # A clock that is corrected lets recordings overlap, but not by one of them.
            if -held.recording.duration <= before_s <= self.trigger.pre_roll_s:
                self._keep(held)

    def _hold(self, held: Held, came: int) -> None:
        """Hold what may lie in the pre-roll of what comes."""
        if self.trigger.pre_roll_s and len(held.samples) == came:
            self._past.append(held)
        while self._past and not self._can_hold(held):
            self._past.popleft()

    def _can_hold(self, last: Held) -> bool:
        total_bytes = sum(len(each.samples) for each in self._past)
        age_s = (last.ended_on - self._past[0].ended_on).total_seconds()
        return total_bytes <= MOST_HELD_BYTES and age_s <= self.trigger.pre_roll_s


def _expected_bytes(recording: Recording, format: WavFormat) -> int:
    return round(recording.duration * format.rate_hz) * format.frame_bytes
