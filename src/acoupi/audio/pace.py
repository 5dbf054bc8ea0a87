"""When the stretches of a source that never pauses begin and end."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from acoupi._clock import monotonic_s, utc_now

__all__ = ["Clock", "Pace"]

TRIM = dt.timedelta(seconds=1)
"""By how much a clock may differ from what was counted, and not have been set."""


@dataclass(frozen=True)
class Clock:
    """What a recorder asks for the time, and waits with."""

    now: Callable[[], dt.datetime] = utc_now
    monotonic_s: Callable[[], float] = monotonic_s
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Pace:
    """Strings stretches together in time.

    A stretch that is asked for soon after the one before it (within its own
    length) follows it without a gap, since the source has run on meanwhile;
    one that is asked for later starts when it is asked for, and so does each
    one of a pace that is not ``continuous``.
    """

    clock: Clock = field(default_factory=Clock)
    continuous: bool = True
    _end: tuple[dt.datetime, float] | None = None

    def begin(self, length_s: float) -> dt.datetime:
        """Place a stretch of this length, and return the instant it begins."""
        start, start_s = self._start(length_s)
        self._end = start + dt.timedelta(seconds=length_s), start_s + length_s
        return start

    def wait(self) -> None:
        """Wait until the stretch that was begun last has passed."""
        if self._end and (left_s := self._end[1] - self.clock.monotonic_s()) > 0:
            self.clock.sleep(left_s)

    def _start(self, length_s: float) -> tuple[dt.datetime, float]:
        now, now_s = self.clock.now(), self.clock.monotonic_s()
        if not (self.continuous and self._end and 0 <= now_s - self._end[1] < length_s):
            return now, now_s
        end, end_s = self._end
        by_now = now - dt.timedelta(seconds=now_s - end_s)
        # Where the clock was set meanwhile, the stretch follows the one before it all the same.
        return (end if abs(by_now - end) < TRIM else by_now), end_s
