"""Which recordings the model leaves out while more sound waits than it can keep up with."""

import datetime as dt
import logging
import math
import threading
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

from acoupi._clock import monotonic_s
from acoupi.components.types import NOT_KEPT_UP, ProcessingFilter, ProcessingLog
from acoupi.data import Recording

__all__ = ["Backlog", "KeepUp", "Leave", "is_in_turn", "one_of", "skip_oldest", "thin_out"]

module_logger = logging.getLogger(__name__)

LOOK_AGAIN_S = 5.0
"""How old what is known of the waiting recordings may be."""

MOST_THINNED = 1 << 10
"""However much waits, something is heard."""

OLDEST = "the oldest were left"

Leave = Callable[[Recording, float], str | None]
"""Says why a recording is left, given how many times as much waits as may; None: it is heard."""


class Backlog:
    """How much sound waits for the model.

    While it is long the store is asked every few seconds at most, whatever there is to process.

    Parameters
    ----------
    log
        Knows which recordings wait.
    folder
        Where they do.
    clock_s
        The time (s).
    """

    def __init__(
        self, log: ProcessingLog, folder: Path, clock_s: Callable[[], float] = monotonic_s
    ) -> None:
        self._log = log
        self._folder = folder
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._looked_s = -math.inf
        self._starts: list[dt.datetime] = []
        self._lengths_s: list[float] = [0.0]

    def newer_s(self, recording: Recording) -> float:
        """Return how much sound waits that was recorded after a recording (s)."""
        with self._lock:
            self._look(recording)
            n_older = bisect_right(self._starts, recording.created_on)
            return self._lengths_s[-1] - self._lengths_s[n_older]

    def _look(self, recording: Recording) -> None:
        now_s = self._clock_s()
        was_there = bool(self._starts) and recording.created_on <= self._starts[-1]
        if was_there and now_s - self._looked_s < LOOK_AGAIN_S:
            return
        waiting = self._log.get_waiting_sound(self._folder)
        self._starts = [started_on for started_on, _ in waiting]
        self._lengths_s = list(accumulate((length_s for _, length_s in waiting), initial=0.0))
        self._looked_s = now_s


class KeepUp(ProcessingFilter):
    """Lets recordings be left unheard while too much that is newer waits.

    What somebody asked for again is heard all the same.

    Parameters
    ----------
    log
        Knows what somebody asked for.
    backlog
        What waits.
    most_s
        How much may wait before any is left (s).
    leave
        Chooses what is left.
    logger
        Told when it begins, and when all is heard again.
    """

    def __init__(
        self,
        log: ProcessingLog,
        backlog: Backlog,
        most_s: float,
        leave: Leave,
        logger: logging.Logger = module_logger,
    ) -> None:
        self._log = log
        self._backlog = backlog
        self._most_s = most_s
        self._leave = leave
        self._logger = logger
        self._is_behind = False

    def should_process_recording(self, recording: Recording) -> bool:
        """Tell whether the model should hear it."""
        return self.why_not(recording) is None

    def why_not(self, recording: Recording) -> str | None:
        """Return why it is left unheard; None if the model should hear it."""
        if self._log.is_asked_for(recording):
            return None
        newer_s = self._backlog.newer_s(recording)
        self._tell(newer_s)
        why = self._leave(recording, newer_s / self._most_s) if newer_s > self._most_s else None
        return None if why is None else f"{NOT_KEPT_UP}: {why}"

    def _tell(self, newer_s: float) -> None:
        if (newer_s > self._most_s) == self._is_behind:
            return
        self._is_behind = not self._is_behind
        if self._is_behind:
            self._logger.warning("%.0f min of sound wait: some is left unheard", newer_s / 60)
        else:
            self._logger.info("all recordings are heard again")


def skip_oldest(recording: Recording, excess: float) -> str | None:
    """Leave what comes first until the rest is no longer too much."""
    return OLDEST


def thin_out(period_s: float) -> Leave:
    """Hear 1 of 2 while up to twice as much waits as may, 1 of 4 up to four times, and so on.

    Parameters
    ----------
    period_s
        From the start of a recording to the start of the next (s).
    """

    def leave(recording: Recording, excess: float) -> str | None:
        count = one_of(excess)
        is_heard = is_in_turn(recording.created_on, period_s, count)
        return None if is_heard else f"1 of {count} was heard"

    return leave


def one_of(excess: float) -> int:
    """Return of how many recordings one is heard, given how many times as much waits as may."""
    return min(MOST_THINNED, 2 ** max(0, math.ceil(math.log2(excess))))


def is_in_turn(instant: dt.datetime, period_s: float, count: int) -> bool:
    """Choose one of a number of recordings by its instant alone.

    Those chosen are evenly spaced, are the same however often one asks, and
    of several microphones lie at the same time. Of twice the number, those
    chosen are among them.
    """
    return round(instant.timestamp() / period_s) % count == 0
