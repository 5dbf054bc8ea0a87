"""The end of a deployment: what was recorded is finished, and what cannot be is left.

It happens in a child that is watched, for a model may hang or bring its process
down. The run that did it is left out, and a new child goes on with the rest.
"""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from acoupi._clock import monotonic_s
from acoupi.data import Deployment
from acoupi.errors import AcoupiError
from acoupi.system.settings import Settings
from acoupi.system.supervisor.board import Board, Slot
from acoupi.system.supervisor.children import describe_exit
from acoupi.system.supervisor.forking import fork_child, kill_group, log_to_file
from acoupi.system.supervisor.locks import wait_until
from acoupi.system.supervisor.memory_use import (
    LOOK_EVERY_S,
    go_first,
    limit_mb,
    members_of,
    use_mb,
)
from acoupi.system.supervisor.reporting import report_to
from acoupi.system.supervisor.verdicts import UNKILLABLE_S

__all__ = ["FINISH_TIMEOUT_S", "LOG_NAME", "Finished", "finish"]

logger = logging.getLogger(__name__)

FINISH_TIMEOUT_S = 600.0
LOG_NAME = "ending"
POLL_S = 0.05
MAX_TOLD_BYTES = 4096
TIME_IS_UP = "there was no time left for it"
INTERRUPTED = "the end was interrupted"
NO_RUN = "the end of the program"
"""What is to blame when no task was running."""


@dataclass
class Finished:
    """How the end of a deployment went."""

    left_out: dict[str, str] = field(default_factory=dict[str, str])
    """Why a run was ended, by its id; that of a recording's run is the recording's."""

    cut_short: str | None = None
    """Why not everything was tried; None if it was."""

    error: str | None = None
    """What the program failed with at its end."""

    interrupted: bool = False


def finish(
    settings: Settings,
    deployment: Deployment,
    timeout_s: float = FINISH_TIMEOUT_S,
    on_wait: Callable[[float], object] = lambda _: None,
) -> Finished:
    """Have the program finish what was recorded, and end the deployment in its store.

    Each task may take as long as its limit says, all of it ``timeout_s``.
    Ctrl-C ends it; whatever was not reached stays in the stores.

    Parameters
    ----------
    settings
        Of the home; nothing of it runs any more.
    deployment
        The one that ends.
    timeout_s
        How long all of it may take.
    on_wait
        Called all the while, with the seconds since the beginning.
    """
    watch = _Watch(settings, deployment, timeout_s, on_wait)
    try:
        watch.run()
    except KeyboardInterrupt:
        watch.finished.interrupted = True
        watch.finished.cut_short = INTERRUPTED
    finally:
        watch.end_child()
    return watch.finished


class _Watch:
    """Children that end a deployment, one after the other."""

    def __init__(
        self,
        settings: Settings,
        deployment: Deployment,
        timeout_s: float,
        on_wait: Callable[[float], object],
    ) -> None:
        self.finished = Finished()
        self._settings = settings
        self._deployment = deployment
        self._started_s = monotonic_s()
        self._deadline_s = self._started_s + timeout_s
        self._on_wait = on_wait
        self._memory_mb = limit_mb(settings.worker_memory_mb)
        self._memory_seen_s = self._started_s
        self._slot = Board([LOG_NAME])[LOG_NAME]
        self._pid: int | None = None

    def run(self) -> None:
        """Go on until a child has come to the end, or there is no point in another."""
        self._on_wait(0.0)
        while not self._one_child():
            logger.warning("going on without: %s", ", ".join(self.finished.left_out))

    def end_child(self) -> None:
        """End the child that runs, if one does; one that waits for a dead disk is left."""
        pid, self._pid = self._pid, None
        if pid is None:
            return
        kill_group(pid)
        if not wait_until(lambda: os.waitpid(pid, os.WNOHANG)[0] == pid, UNKILLABLE_S):
            logger.error("the process %d cannot be ended", pid)

    def _one_child(self) -> bool:
        """Let one child try, and tell whether that was the last."""
        self._slot.clear()
        told, tells = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        left_out = frozenset(self.finished.left_out)
        main = partial(_end, self._settings, self._deployment, self._slot, left_out, tells)
        self._pid = fork_child(main)
        os.close(tells)
        try:
            how = self._wait(self._pid)
            self.finished.error = _what_was_told(told)
        finally:
            os.close(told)
        return how is None or self.finished.error is not None or not self._blame(how)

    def _wait(self, pid: int) -> str | None:
        """Wait until the child has exited or was ended; return what was wrong with it."""
        while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            now_s = monotonic_s()
            self._on_wait(now_s - self._started_s)
            if now_s >= self._deadline_s:
                self.finished.cut_short = TIME_IS_UP
                return self._end_for(TIME_IS_UP)
            if any(now_s >= task.deadline_s for task in self._slot.read().tasks):
                return self._end_for("it took longer than its time limit")
            if self._takes_too_much(pid, now_s):
                return self._end_for(f"it took more than {self._memory_mb:.0f} MB of memory")
            time.sleep(POLL_S)
        kill_group(pid)  # what it had started
        _, status = os.waitpid(pid, 0)
        self._pid = None
        return None if status == 0 else f"its process was ended: {describe_exit(status)}"

    def _takes_too_much(self, pid: int, now_s: float) -> bool:
        """Look from time to time what memory the child takes, with all it has started."""
        if now_s - self._memory_seen_s < LOOK_EVERY_S:
            return False
        self._memory_seen_s = now_s
        return use_mb(members_of([pid])[pid], self._memory_mb) > self._memory_mb

    def _end_for(self, reason: str) -> str:
        self.end_child()
        return reason

    def _blame(self, how: str) -> bool:
        """Leave out what was running; tell whether another child may get further."""
        running = {
            task.task_id for task in self._slot.read().tasks
        } - self.finished.left_out.keys()
        for run_id in running or {NO_RUN}:
            logger.error("%s: %s", run_id, how)
            self.finished.left_out[run_id] = how
        if not running and self.finished.cut_short is None:
            self.finished.cut_short = how
        return self.finished.cut_short is None


def _what_was_told(told: int) -> str | None:
    try:
        return os.read(told, MAX_TOLD_BYTES).decode(errors="replace") or None
    except BlockingIOError:  # what the child has started lives on, and may still tell
        return None


def _end(
    settings: Settings, deployment: Deployment, slot: Slot, left_out: frozenset[str], tells: int
) -> int:
    """End the deployment, in the child."""
    from acoupi.programs.templates import BasicProgram
    from acoupi.system.programs import load_program

    log_to_file(settings, LOG_NAME)
    go_first()
    try:
        program = load_program(settings)
        report_to(slot, program.app, pool="threads")
        if isinstance(program, BasicProgram):
            program.left_out = left_out
        program.on_end(deployment)
    except Exception as error:
        logger.exception("the deployment did not end well")
        os.write(tells, _describe(error).encode()[:MAX_TOLD_BYTES])
        return 1
    return 0


def _describe(error: Exception) -> str:
    text = str(error) if isinstance(error, AcoupiError) else f"{type(error).__name__}: {error}"
    return text or type(error).__name__
