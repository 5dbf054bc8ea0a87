"""What the supervisor says about itself: to systemd, and to who asks for the status."""

import logging
from collections.abc import Sequence

from acoupi._clock import monotonic_s
from acoupi._systemd import notify, watchdog_interval_s
from acoupi.system.settings import Settings
from acoupi.system.supervisor.children import Child

__all__ = ["Reporter", "describe"]

logger = logging.getLogger(__name__)


def describe(children: Sequence[Child]) -> str:
    """Say in one line how the children are."""
    ready = [child.name for child in children if child.ready]
    given_up = [child.name for child in children if child.given_up]
    waiting = [c.name for c in children if not c.ready and not c.given_up]
    parts = [("running", ready), ("starting", waiting), ("given up", given_up)]
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in parts if names)


class Reporter:
    """Says READY once, STATUS when it changes, and WATCHDOG while work goes on."""

    def __init__(self, settings: Settings) -> None:
        self._status_file = settings.status_file
        self._status = ""
        self._interval_s = watchdog_interval_s()
        self._next_ping_s = 0.0
        self.announced = False

    def report(self, children: Sequence[Child]) -> None:
        """Say what has changed."""
        self._report_status(describe(children))
        if not self.announced and all(child.ready for child in children):
            self.announced = True
            logger.info("ready: %s", ", ".join(child.name for child in children))
            notify(READY=1)
        self._ping()

    def report_stopping(self) -> None:
        """Say that the end has begun."""
        notify(STOPPING=1)
        self._report_status("stopping")

    def _report_status(self, status: str) -> None:
        if status == self._status:
            return
        self._status = status
        notify(STATUS=status)
        self._status_file.write_text(status + "\n")

    def _ping(self) -> None:
        """Say that we turn; children that do not are ended by us within their limits."""
        now_s = monotonic_s()
        if self._interval_s is not None and now_s >= self._next_ping_s:
            notify(WATCHDOG=1)
            self._next_ping_s = now_s + self._interval_s
