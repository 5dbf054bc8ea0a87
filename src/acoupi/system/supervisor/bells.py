"""When each task is due, wherever the clock on the wall is set to.

Celery's beat keeps the next run of each task as a time on the wall: after a
clock was set back it is silent until that time comes round again, years later
if need be.
"""

import copy
import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol, cast

from celery.schedules import BaseSchedule, crontab, schedule

__all__ = ["Bell", "IntervalBell", "Look", "WallBell", "bell_of"]

TRIM = dt.timedelta(seconds=1)
"""A clock that was set back by no more was trimmed: what has rung does not ring again."""

HOURS = 24


class Look(NamedTuple):
    """What a bell says when it is looked at."""

    due: bool
    wait_s: float
    """When to look again; of no interest if it is due."""


class Bell(Protocol):
    """Knows when one task is due; it never changes, others take its place."""

    def settled(self) -> "Bell":
        """Return the bell that goes on from here, should the clock have been set back."""
        ...

    def look(self, boot_s: float) -> Look:
        """Tell whether it is due, so many seconds after boot."""
        ...

    def rung(self, boot_s: float) -> "Bell":
        """Return the bell that goes on once it has rung."""
        ...


@dataclass(frozen=True)
class IntervalBell:
    """Rings after the same time, again and again, whatever the wall says.

    One ring makes up for all that was missed, asleep or cut off.
    """

    interval_s: float
    due_s: float

    def settled(self) -> "IntervalBell":
        """Go on: this clock is never set."""
        return self

    def look(self, boot_s: float) -> Look:
        """Tell whether the interval is over."""
        return Look(boot_s >= self.due_s, self.due_s - boot_s)

    def rung(self, boot_s: float) -> "IntervalBell":
        """Keep the pace where it can be kept, else begin a new one."""
        due_s = self.due_s + self.interval_s
        return replace(self, due_s=due_s if due_s > boot_s else boot_s + self.interval_s)


@dataclass(frozen=True)
class WallBell:
    """Follows the clock on the wall, by one of Celery's schedules.

    Once the clock was set forward, one ring stands for all that was skipped;
    once it was set back, the next time on the new clock counts.
    """

    schedule: BaseSchedule
    last: dt.datetime
    """When it last rang, or began, as the schedule reads the clock."""

    def settled(self) -> "WallBell":
        """Begin anew if the last ring is yet to come."""
        now = self.schedule.now()
        return replace(self, last=now) if self.last - now > TRIM else self

    def look(self, boot_s: float) -> Look:
        """Ask the schedule."""
        due, wait_s = _hour_by_hour(self.schedule).is_due(self.last)
        return Look(bool(due), cast("float", wait_s))

    def rung(self, boot_s: float) -> "WallBell":
        """Begin anew."""
        return replace(self, last=self.schedule.now())


def bell_of(when: BaseSchedule, boot_s: float, since_s: float | None = None) -> Bell:
    """Return the bell of one of Celery's schedules.

    Parameters
    ----------
    when
        The schedule.
    boot_s
        Seconds since boot, now.
    since_s
        How long ago it rang, by a clock that may have been set; as if just now if None.
    """
    since_s = since_s or 0.0
    if _is_plain_interval(when):
        interval_s = cast("schedule", when).seconds
        return IntervalBell(interval_s, boot_s + max(0.0, interval_s - since_s))
    return WallBell(when, when.now() - dt.timedelta(seconds=since_s))


def _is_plain_interval(when: BaseSchedule) -> bool:
    """Tell whether there is an interval and nothing else: no rounding, no clock of its own."""
    return type(when) is schedule and not when.relative and when.nowfun is None


def _hour_by_hour(when: BaseSchedule) -> BaseSchedule:
    """Return a schedule that also counts the hour which a change of the clocks repeats.

    As cron has it: what comes at hours of its own comes at them by the clock on
    the wall, once; what comes in every hour is silent in none.
    """
    if type(when) is not crontab or len(cast("set[int]", when.hour)) < HOURS:
        return when
    local = when.maybe_make_aware(when.now()).astimezone(cast("dt.tzinfo", when.tz))
    steady: Any = copy.copy(when)
    steady.app, steady.tz = when.app, dt.timezone(local.utcoffset() or dt.timedelta())
    return steady
