"""One child process over all its lives."""

import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

from acoupi.system.supervisor.board import Slot
from acoupi.system.supervisor.forking import fork_child, kill_group
from acoupi.system.supervisor.policy import RestartPolicy
from acoupi.system.supervisor.verdicts import Limits, judge

__all__ = ["Child", "describe_exit"]

logger = logging.getLogger(__name__)


@dataclass
class Child:
    """What one child does, and how it has been.

    Parameters
    ----------
    name
        Of the worker, or ``beat``.
    main
        What it runs, given the ids of tasks it must not try.
    slot
        Where it reports.
    policy
        When it is started again.
    limits
        How long it may take.
    """

    name: str
    main: Callable[[frozenset[str]], int]
    slot: Slot
    policy: RestartPolicy = field(default_factory=RestartPolicy)
    limits: Limits = field(default_factory=Limits)

    pid: int | None = None
    due_s: float | None = 0.0
    """When to start it; None while it runs, and when it is given up."""
    restarts: int = 0
    early_deaths: tuple[float, ...] = ()
    abandoned: frozenset[str] = frozenset()

    @property
    def given_up(self) -> bool:
        """Whether it will not be started again."""
        return self.pid is None and self.due_s is None

    @property
    def ready(self) -> bool:
        """Whether it runs and takes tasks."""
        return self.pid is not None and self.slot.read().ready_s > 0

    def start(self) -> None:
        """Fork it."""
        self.slot.clear()
        abandoned = self.abandoned
        self.pid = fork_child(lambda: self.main(abandoned))
        self.due_s = None
        logger.info("started: %s pid=%d", self.name, self.pid)

    def reap(self, now_s: float, stopping: bool = False) -> bool:
        """Notice whether it has exited, and decide when it starts again."""
        if self.pid is None or not _has_exited(self.pid):
            return False
        kill_group(self.pid)  # what it had started
        _, status = os.waitpid(self.pid, 0)
        pid, self.pid = self.pid, None
        if stopping:
            logger.info("stopped: %s pid=%d %s", self.name, pid, describe_exit(status))
        else:
            self._plan_restart(now_s, f"pid={pid} {describe_exit(status)}")
        return True

    def enforce_limits(self, now_s: float) -> None:
        """End it if it overran a limit."""
        verdict = judge(self.slot.read(), self.limits, now_s) if self.pid is not None else None
        if self.pid is None or verdict is None:
            return
        logger.error("ending %s pid=%d: %s", self.name, self.pid, verdict.reason)
        self.abandoned |= frozenset(verdict.task_ids)
        kill_group(self.pid)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it alone, if it runs."""
        if self.pid is not None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it and all it has started, if it runs."""
        if self.pid is not None:
            kill_group(self.pid)

    def _plan_restart(self, now_s: float, how: str) -> None:
        ready_s = self.slot.read().ready_s
        life_s = now_s - ready_s if ready_s else 0.0
        self.early_deaths, delay_s = self.policy.after_death(self.early_deaths, life_s, now_s)
        self.restarts += 1
        if delay_s is None:
            logger.error("given up: %s %s, dead %d times", self.name, how, len(self.early_deaths))
            return
        self.due_s = now_s + delay_s
        logger.warning("exited: %s %s, starts again in %.1f s", self.name, how, delay_s)


def describe_exit(status: int) -> str:
    """Say how a process ended."""
    if os.WIFSIGNALED(status):
        return f"killed by {signal.Signals(os.WTERMSIG(status)).name}"
    return f"exit code {os.waitstatus_to_exitcode(status)}"


def _has_exited(pid: int) -> bool:
    """Tell without reaping: until then neither its id nor its group's is reused."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
