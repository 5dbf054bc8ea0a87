"""The loop that starts, watches and stops the children."""

import logging
import os
import select
import signal
from collections.abc import Sequence
from types import FrameType

from acoupi._clock import monotonic_s
from acoupi._files import write_atomic
from acoupi.errors import ServiceError
from acoupi.system.settings import Settings
from acoupi.system.supervisor.children import Child
from acoupi.system.supervisor.reports import Reporter

__all__ = ["Supervisor"]

logger = logging.getLogger(__name__)

POLL_S = 0.5
STARTING_POLL_S = 0.05
BEAT_STOP_TIMEOUT_S = 5.0
START_BUDGET = 3
"""How many early deaths of a child are forgiven before all were ready once."""
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Supervisor:
    """Keeps children running until it is told to stop.

    Parameters
    ----------
    settings
        Of the home.
    workers
        Stopped last, each after its running task.
    beat
        Stopped first; None if it is not ours.
    """

    def __init__(
        self, settings: Settings, workers: Sequence[Child], beat: Child | None = None
    ) -> None:
        self._settings = settings
        self._workers = list(workers)
        self._beat = [beat] if beat else []
        self._reporter = Reporter(settings)
        self._stops_asked = 0
        self._woken, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    @property
    def _children(self) -> list[Child]:
        return self._workers + self._beat

    def run(self) -> int:
        """Supervise; return the exit code of the process."""
        self._listen()
        code = 0
        while not self._stops_asked:
            self._turn()
            if self._is_hopeless():
                code = ServiceError.exit_code
                break
            self._sleep()
        self._stop()
        return code

    def _turn(self) -> None:
        now_s = monotonic_s()
        for child in self._children:
            child.reap(now_s)
            child.enforce_limits(now_s)
            if child.due_s is not None and now_s >= child.due_s:
                child.start()
                self._note_pid(child)
        self._reporter.report(self._children)

    def _is_hopeless(self) -> bool:
        """Tell whether to leave it to who started us: nothing works, or something never did."""
        if self._reporter.announced:
            return all(child.given_up for child in self._workers)
        return any(len(child.early_deaths) > START_BUDGET for child in self._children)

    def _stop(self) -> None:
        self._reporter.report_stopping()
        self._end(self._beat, BEAT_STOP_TIMEOUT_S)
        self._end(self._workers, self._settings.stop_timeout_s)
        for name in ("supervisor", *(child.name for child in self._children)):
            self._settings.pid_file(name).unlink(missing_ok=True)
        self._settings.status_file.unlink(missing_ok=True)

    def _end(self, children: Sequence[Child], timeout_s: float) -> None:
        """Ask children to finish, and end them when time or patience is up."""
        for child in children:
            child.signal(signal.SIGTERM)
        deadline_s = monotonic_s() + timeout_s
        while any(child.pid for child in children):
            now_s = monotonic_s()
            for child in children:
                child.reap(now_s, stopping=True)
                child.enforce_limits(now_s)
                if now_s >= deadline_s or self._stops_asked > 1:
                    child.kill()
            self._sleep()

    def _note_pid(self, child: Child) -> None:
        write_atomic(self._settings.pid_file(child.name), f"{child.pid}\n")

    def _listen(self) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, _wake_only)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)

    def _ask_to_stop(self, number: int, _: FrameType | None) -> None:
        self._stops_asked += 1
        logger.info("asked to stop: %s", signal.Signals(number).name)

    def _sleep(self) -> None:
        """Wait for a signal, or for the next thing that may be due."""
        waiting = any(not child.ready and not child.given_up for child in self._children)
        timeout_s = STARTING_POLL_S if waiting or self._stops_asked else POLL_S
        if select.select([self._woken], [], [], timeout_s)[0]:
            os.read(self._woken, 4096)


def _wake_only(number: int, frame: FrameType | None) -> None:
    """Be woken by the signal's byte in the pipe."""
