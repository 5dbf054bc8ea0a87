"""The loop that starts, watches and stops the children."""

import logging
import math
import os
import select
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType

from acoupi._clock import monotonic_s
from acoupi.errors import NotConfiguredError, ServiceError
from acoupi.system.settings import Settings
from acoupi.system.supervisor.children import Child
from acoupi.system.supervisor.memory_use import LOOK_EVERY_S, members_of, use_mb
from acoupi.system.supervisor.own_log import OwnLog
from acoupi.system.supervisor.readiness import Readiness, prove
from acoupi.system.supervisor.reports import Reporter
from acoupi.system.supervisor.run_files import RunFiles
from acoupi.system.supervisor.troubles import Teller

__all__ = ["Office", "Supervisor"]

logger = logging.getLogger(__name__)

POLL_S = 0.5
STARTING_POLL_S = 0.05
BEAT_STOP_TIMEOUT_S = 5.0
KILL_TIMEOUT_S = 5.0
HOME_TIMEOUT_S = 3.0
"""How long the home may be away: a folder that is moved is gone for a moment."""
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True)
class Office:
    """All by which a supervisor deals with others than its children."""

    files: RunFiles
    readiness: Readiness
    reporter: Reporter
    teller: Teller
    own_log: OwnLog


class Supervisor:
    """Keeps children running until it is told to stop.

    Parameters
    ----------
    settings
        Of the home.
    office
        By which it deals with others.
    workers
        Stopped last, each after its running task.
    beat
        Stopped first; None if it is not ours.
    """

    def __init__(
        self,
        settings: Settings,
        office: Office,
        workers: Sequence[Child],
        beat: Child | None = None,
    ) -> None:
        self._settings = settings
        self._office = office
        self._workers = list(workers)
        self._beat = [beat] if beat else []
        self._stops_asked = 0
        self._home_seen_s = monotonic_s()
        self._memory_seen_s = -math.inf
        self._woken, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    @property
    def _children(self) -> list[Child]:
        return self._workers + self._beat

    def run(self) -> int:
        """Supervise; return the exit code of the process."""
        self._listen()
        code = 0
        while not self._stops_asked and not code:
            self._turn()
            code = self._reason_to_end()
            self._sleep()
        self._stop()
        return code

    def _turn(self) -> None:
        now_s = monotonic_s()
        for child in self._children:
            if child.turn(now_s) and child.pid is not None:
                self._office.files.note_pid(child.name, child.pid)
        self._enforce_memory(now_s)
        self._report()
        self._office.files.retry()
        self._office.teller.turn(now_s)
        self._office.own_log.shorten()

    def _enforce_memory(self, now_s: float) -> None:
        """Look what memory the children take, from time to time, and end those with too much."""
        if now_s - self._memory_seen_s < LOOK_EVERY_S:
            return
        self._memory_seen_s = now_s
        limited = (child for child in self._children if child.limits.memory_mb < math.inf)
        running = {child.pid: child for child in limited if child.pid is not None}
        for group, pids in members_of(running).items():
            child = running[group]
            child.enforce_memory(pids, use_mb(pids, child.limits.memory_mb), now_s)

    def _report(self) -> None:
        announced = self._office.reporter.announced
        self._office.reporter.report(self._children)
        if not announced and all(child.ready for child in self._children):
            prove(self._settings)

    def _reason_to_end(self) -> int:
        """Return the exit code if there is no point in going on, or 0."""
        now_s = monotonic_s()
        if self._settings.program_config_file.exists():
            self._home_seen_s = now_s
        elif now_s - self._home_seen_s >= HOME_TIMEOUT_S:
            logger.error("stopping: the home %s is gone, or empty", self._settings.home)
            return NotConfiguredError.exit_code
        ended = not self._office.reporter.announced and self._office.readiness.is_out_of_reach(
            self._children
        )
        return ServiceError.exit_code if ended else 0

    def _stop(self) -> None:
        self._office.reporter.report_stopping()
        self._office.teller.stop()
        self._end(self._beat, BEAT_STOP_TIMEOUT_S)
        self._end(self._workers, self._settings.stop_timeout_s)
        self._office.files.forget(["supervisor", *(child.name for child in self._children)])

    def _end(self, children: Sequence[Child], timeout_s: float) -> None:
        """Ask children to finish, and end them when time or patience is up."""
        for child in children:
            child.signal(signal.SIGTERM)
        deadline_s = monotonic_s() + timeout_s
        while any(child.pid for child in children):
            now_s = monotonic_s()
            self._enforce_memory(now_s)
            for child in children:
                child.reap(now_s, stopping=True)
                child.enforce_limits(now_s)
                if now_s >= deadline_s or self._stops_asked > 1:
                    child.kill()
            if now_s >= deadline_s + KILL_TIMEOUT_S:
                logger.error("left behind: %s", ", ".join(c.name for c in children if c.pid))
                return
            self._sleep()

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
