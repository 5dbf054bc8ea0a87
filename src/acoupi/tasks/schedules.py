"""Schedules that follow the clock on the wall."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from celery import Celery
from celery.schedules import schedstate, schedule

__all__ = ["AlignedSchedule", "aligned_schedule"]


class AlignedSchedule(schedule):
    """Due at every whole multiple of an interval, counted from 1970 in UTC.

    Every 10 s means at second 0, 10, 20 … of each minute, on every device.
    After the clock was stepped, in either direction, the next multiple on the
    new clock counts.

    Parameters
    ----------
    run_every
        The interval.
    offset_seconds
        How long after each multiple.
    nowfun
        Returns the current instant; the app's clock if None.
    app
        The Celery app whose clock is used.
    """

    def __init__(
        self,
        run_every: timedelta,
        offset_seconds: int = 0,
        nowfun: Callable[[], datetime] | None = None,
        app: Celery | None = None,
    ) -> None:
        super().__init__(run_every=run_every, nowfun=nowfun, app=app)
        self.interval_s = run_every.total_seconds()
        self.offset_s = offset_seconds

    def is_due(self, last_run_at: datetime) -> schedstate:
        """Tell whether a multiple has passed since the last run, and when the next one is (s)."""
        now_s = self.now().timestamp() - self.offset_s
        last_s = self.maybe_make_aware(last_run_at).timestamp() - self.offset_s
        passed = now_s // self.interval_s - last_s // self.interval_s
        # A clock that was set back by much is not waited for; one that was trimmed is.
        due = passed > 0 or passed < -1
        return schedstate(is_due=due, next=self.interval_s - now_s % self.interval_s)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.run_every, self.offset_s, self.nowfun)

    def __repr__(self) -> str:
        return f"<aligned schedule: every {self.run_every}, {self.offset_s} s after>"


aligned_schedule = AlignedSchedule
