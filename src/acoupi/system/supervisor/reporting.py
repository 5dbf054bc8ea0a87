"""What a worker writes on the board: that it turns, what it does, and when it recorded."""

import datetime as dt
from typing import Any, cast

from billiard.process import current_process
from celery import Celery, Task, signals

from acoupi.data import Recording
from acoupi.system.supervisor.board import MAX_TASKS, Slot

__all__ = ["SELF_LIMITING_POOLS", "report_to"]

PROGRESS_INTERVAL_S = 1.0
SELF_LIMITING_POOLS = ("prefork", "processes")
"""Pools of processes, which the worker ends and replaces by itself."""

GRACE_S = 10.0
"""How much later than a pool that ends its processes itself we end the worker."""


def report_to(slot: Slot, app: Celery, pool: str) -> None:
    """Have everything that this worker does written into its slot."""
    by_itself = pool in SELF_LIMITING_POOLS
    reports = _Reports(slot, app, grace_s=GRACE_S if by_itself else 0.0)
    signals.worker_ready.connect(reports.ready)
    signals.task_prerun.connect(reports.begin)
    signals.task_postrun.connect(reports.end)
    if by_itself:
        signals.worker_process_init.connect(reports.take_place)
    _kept.append(reports)


class _Reports:
    """The receivers of Celery's signals."""

    def __init__(self, slot: Slot, app: Celery, grace_s: float) -> None:
        self._slot = slot
        self._app = app
        self._grace_s = grace_s

    def ready(self, sender: Any, **_: Any) -> None:
        repeat = sender.timer.call_repeatedly
        repeat(PROGRESS_INTERVAL_S, self._slot.report_progress)
        # A pool of processes would else miss an end for up to five seconds.
        repeat(PROGRESS_INTERVAL_S, sender.pool.maintain_pool)
        self._slot.report_ready()

    def take_place(self, **_: Any) -> None:
        """Keep to one's place; we are the only one of the pool with this index."""
        self._slot.keep_to(int(cast("Any", current_process()).index) % MAX_TASKS)

    def begin(self, task_id: str, task: Task, **_: Any) -> None:
        # Without a limit it is noted all the same: a worker may die under it.
        limit_s = _time_limit_s(task, self._app) or float("inf")
        self._slot.begin_task(task_id, limit_s + self._grace_s)

    def end(self, task_id: str, retval: object = None, **_: Any) -> None:
        self._slot.end_task(task_id)
        if isinstance(retval, Recording):
            ended_on = retval.created_on + dt.timedelta(seconds=retval.duration)
            self._slot.report_recording(ended_on)


_kept: list[_Reports] = []
"""Signals do not keep their receivers."""


def _time_limit_s(task: Task, app: Celery) -> float | None:
    given: tuple[float | None, ...] = task.request.timelimit or (None,)
    configured = cast("float | None", app.conf.task_time_limit)
    return given[0] or cast("float | None", task.time_limit) or configured
