"""One child process over all its lives."""

import logging
import os
import signal
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from acoupi.system.supervisor.board import Slot
from acoupi.system.supervisor.forking import fork_child, kill_group
from acoupi.system.supervisor.overuse import Overuse
from acoupi.system.supervisor.policy import History, RestartPolicy
from acoupi.system.supervisor.verdicts import Limits, Verdict, is_stuck, judge, judge_memory

__all__ = ["Child", "End", "describe_exit"]

logger = logging.getLogger(__name__)


def _ignore(_: object) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class End:
    """How a child ended that was not asked to."""

    pids: frozenset[int]
    """It, and those of its group that had tasks of their own."""

    reason: str
    overran: bool = False
    """Whether a task's limit was the reason."""


@dataclass
class Child:
    """What one child does, and how it has been.

    Parameters
    ----------
    name
        Of the worker, or ``beat``.
    main
        What it runs.
    slot
        Where it reports.
    policy
        When it is started again.
    limits
        How long it may take.
    on_overrun
        Called with each task that was ended with its worker.
    on_death
        Called with the tasks that ran when it died or stood still.
    on_end
        Called when it is gone and was not to be, before another is started.
    on_trouble
        Called with a text when it is given up, when it works again, and when
        it was ended for the memory it took.
    """

    name: str
    main: Callable[[], int]
    slot: Slot
    policy: RestartPolicy = field(default_factory=RestartPolicy)
    limits: Limits = field(default_factory=Limits)
    on_overrun: Callable[[str], object] = _ignore
    on_death: Callable[[Iterable[str]], object] = _ignore
    on_end: Callable[[End], object] = _ignore
    on_trouble: Callable[[str], object] = _ignore

    pid: int | None = None
    due_s: float | None = 0.0
    """When to start it; None while it runs."""
    killed_s: float | None = None
    """When it was ended for a limit; None once it is gone."""
    end: End | None = None
    """Why that was; None once it is gone."""
    overuse: Overuse = field(default_factory=Overuse)
    history: History = field(default_factory=History)

    @property
    def given_up(self) -> bool:
        """Whether it rests, because it died too often."""
        return self.pid is None and self.history.rests > 0 and not self.history.early_deaths

    @property
    def ready(self) -> bool:
        """Whether it runs and takes tasks."""
        return self.pid is not None and self.slot.read().ready_s > 0

    def is_stuck(self, now_s: float) -> bool:
        """Tell whether it was ended and is still there."""
        return is_stuck(self.killed_s, now_s)

    def turn(self, now_s: float) -> bool:
        """Do what is due; tell whether it was started."""
        self.reap(now_s)
        self.enforce_limits(now_s)
        self._note_recovery(now_s)
        if self.due_s is None or now_s < self.due_s:
            return False
        return self._start(now_s)

    def reap(self, now_s: float, stopping: bool = False) -> bool:
        """Notice whether it has exited, and decide when it starts again."""
        if self.pid is None or not _has_exited(self.pid):
            return False
        kill_group(self.pid)  # what it had started
        _, status = os.waitpid(self.pid, 0)
        why = f", since {self.end.reason}" if self.end else ""
        how = f"pid={self.pid} {describe_exit(status)}{why}"
        end = self.end or End(frozenset({self.pid}), describe_exit(status))
        self.pid = self.killed_s = self.end = None
        if stopping:
            logger.info("stopped: %s %s", self.name, how)
            return True
        if not end.overran:  # then we know which task it was
            self.on_death(task.task_id for task in self.slot.read().tasks)
        self.on_end(end)
        self._plan_restart(now_s, how)
        return True

    def enforce_limits(self, now_s: float) -> None:
        """End it if it overran a limit."""
        if self.pid is None or self.killed_s is not None:
            return
        verdict = judge(self.slot.read(), self.limits, now_s)
        if verdict is not None:
            self._end_for(verdict, self.pid, [self.pid], now_s)

    def enforce_memory(self, pids: Collection[int], use_mb: float, now_s: float) -> None:
        """End it, and the other processes of its group, if they take too much."""
        if self.pid is None or self.killed_s is not None:
            return
        verdict = judge_memory(use_mb, self.limits)
        if verdict is None:
            return
        if self.overuse.is_news(now_s):
            self.on_trouble(f"the worker {self.name} was ended: {verdict.reason}")
        self.overuse = self.overuse.again(now_s)
        self._end_for(verdict, self.pid, pids, now_s)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it alone, if it runs."""
        if self.pid is not None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it and all it has started, if it runs."""
        if self.pid is not None:
            kill_group(self.pid)

    def _end_for(self, verdict: Verdict, pid: int, pids: Collection[int], now_s: float) -> None:
        logger.error("ending %s pid=%d: %s", self.name, pid, verdict.reason)
        for task_id in verdict.task_ids:
            self.on_overrun(task_id)
        self.killed_s = now_s
        self.end = End(frozenset({pid, *pids}), verdict.reason, overran=bool(verdict.task_ids))
        kill_group(pid)

    def _start(self, now_s: float) -> bool:
        self.slot.clear()
        try:
            self.pid = fork_child(self.main)
        except OSError as error:  # no memory, or no process number, at the moment
            self._plan_restart(now_s, f"cannot be started: {error.strerror}")
            return False
        self.due_s = None
        logger.info("started: %s pid=%d", self.name, self.pid)
        return True

    def _life_s(self, now_s: float) -> float:
        ready_s = self.slot.read().ready_s
        return now_s - ready_s if ready_s else 0.0

    def _plan_restart(self, now_s: float, how: str) -> None:
        restart = self.policy.after_death(self.history, self._life_s(now_s), now_s)
        self.history, self.due_s = restart.history, now_s + restart.delay_s
        if not restart.given_up:
            delay_s = restart.delay_s
            logger.warning("exited: %s %s, starts again in %.1f s", self.name, how, delay_s)
            return
        rest_min = restart.delay_s / 60
        logger.error("given up: %s %s, tried again in %.0f min", self.name, how, rest_min)
        self.on_trouble(
            f"the worker {self.name} keeps dying ({how}): given up, tried again "
            f"in {rest_min:.0f} min"
        )

    def _note_recovery(self, now_s: float) -> None:
        """Tell that it works again after a rest."""
        if not self.history.rests or not self.ready:
            return
        if self.policy.is_healthy(self.history, self._life_s(now_s)):
            self.history = History()
            logger.info("works again: %s", self.name)
            self.on_trouble(f"the worker {self.name} works again")


def describe_exit(status: int) -> str:
    """Say how a process ended."""
    if os.WIFSIGNALED(status):
        return f"killed by {signal.Signals(os.WTERMSIG(status)).name}"
    return f"exit code {os.waitstatus_to_exitcode(status)}"


def _has_exited(pid: int) -> bool:
    """Tell without reaping: until then neither its id nor its group's is reused."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
