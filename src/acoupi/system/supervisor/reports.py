"""What the supervisor says about itself: to systemd, and to who asks for the status."""

import datetime as dt
import logging
from collections.abc import Callable, Sequence

from acoupi._clock import monotonic_s, utc_now
from acoupi._systemd import notify, watchdog_interval_s
from acoupi.system.supervisor.children import Child
from acoupi.system.supervisor.readiness import Readiness
from acoupi.system.supervisor.run_files import RunFiles

__all__ = ["Reporter", "describe"]

logger = logging.getLogger(__name__)


def describe(
    children: Sequence[Child], recorded_on: dt.datetime | None, now: dt.datetime, now_s: float
) -> str:
    """Say in one line how the children are, and when something was recorded last.

    Parameters
    ----------
    children
        All.
    recorded_on
        The end of the latest recording; None if none is known.
    now
        The current instant.
    now_s
        The same on the clock that never steps.
    """
    stuck = [child.name for child in children if child.is_stuck(now_s)]
    others = [child for child in children if child.name not in stuck]
    ready = [child.name for child in others if child.ready]
    given_up = [_describe_rest(child, now, now_s) for child in others if child.given_up]
    waiting = [c.name for c in others if not c.ready and not c.given_up]
    parts = [("running: ", ready), ("starting: ", waiting), ("given up: ", given_up)]
    parts.append(("cannot be ended: ", stuck))
    greedy = [_describe_overuse(c, now, now_s) for c in children if c.overuse.is_shown(now_s)]
    parts.append(("ended for its memory: ", greedy))
    last = [_describe_instant(recorded_on, now)] if recorded_on else []
    parts.append(("last recording ", last))
    return "; ".join(f"{what}{', '.join(names)}" for what, names in parts if names)


def _describe_rest(child: Child, now: dt.datetime, now_s: float) -> str:
    due = now + dt.timedelta(seconds=(child.due_s or now_s) - now_s)
    return f"{child.name} (tried again at {due:%H:%M} UTC)"


def _describe_overuse(child: Child, now: dt.datetime, now_s: float) -> str:
    last = now - dt.timedelta(seconds=now_s - child.overuse.last_s)
    times = "once" if child.overuse.times == 1 else f"{child.overuse.times} times"
    return f"{child.name} ({times}, last at {last:%H:%M} UTC)"


def _describe_instant(instant: dt.datetime, now: dt.datetime) -> str:
    same_day = instant.date() == now.date()
    return f"{instant:{'%H:%M:%S' if same_day else '%Y-%m-%d %H:%M:%S'}} UTC"


class Reporter:
    """Says READY once, STATUS when it changes, and WATCHDOG while work goes on.

    Parameters
    ----------
    files
        Where others read the status.
    readiness
        When to say READY.
    last_recorded_on
        Tells the end of the latest recording.
    """

    def __init__(
        self,
        files: RunFiles,
        readiness: Readiness,
        last_recorded_on: Callable[[], dt.datetime | None],
    ) -> None:
        self._files = files
        self._readiness = readiness
        self._last_recorded_on = last_recorded_on
        self._status = ""
        self._interval_s = watchdog_interval_s()
        self._next_ping_s = 0.0
        self.announced = False

    def report(self, children: Sequence[Child]) -> None:
        """Say what has changed."""
        now_s = monotonic_s()
        self._report_status(describe(children, self._last_recorded_on(), utc_now(), now_s))
        if not self.announced and self._readiness.is_reached(children, now_s):
            self.announced = True
            logger.info("ready: %s", ", ".join(child.name for child in children if child.ready))
            notify(READY=1)
        if not any(child.is_stuck(now_s) for child in children):
            self._ping(now_s)

    def report_stopping(self) -> None:
        """Say that the end has begun."""
        notify(STOPPING=1)
        self._report_status("stopping")

    def _report_status(self, status: str) -> None:
        if status == self._status:
            return
        self._status = status
        notify(STATUS=status)
        self._files.note_status(status)

    def _ping(self, now_s: float) -> None:
        """Say that we turn; children that do not are ended by us within their limits."""
        if self._interval_s is not None and now_s >= self._next_ping_s:
            notify(WATCHDOG=1)
            self._next_ping_s = now_s + self._interval_s
