"""Stretches of the day, and which instants lie in them."""

import datetime as dt
from collections.abc import Iterable

from acoupi.data import TimeInterval

__all__ = ["in_any_window", "in_window", "time_into_day"]


def in_window(interval: TimeInterval, instant: dt.datetime, timezone: dt.tzinfo) -> bool:
    """Tell whether an instant's wall time in a zone lies in ``[start, end)``.

    An interval whose end is before its start crosses midnight; one whose ends
    are equal is the whole day. Only wall time counts, so the hour that a clock
    change repeats is in the window twice, and the one it skips is never there.
    """
    now = instant.astimezone(timezone).time()
    start, end = (edge.replace(tzinfo=None) for edge in (interval.start, interval.end))
    if start == end:
        return True
    if start < end:
        return start <= now < end
    return now >= start or now < end


def in_any_window(
    intervals: Iterable[TimeInterval], instant: dt.datetime, timezone: dt.tzinfo
) -> bool:
    """Tell whether an instant's wall time in a zone lies in at least one interval."""
    return any(in_window(interval, instant, timezone) for interval in intervals)


def time_into_day(instant: dt.datetime, timezone: dt.tzinfo) -> dt.timedelta:
    """Return an instant's wall time in a zone, as the time since midnight on a clock."""
    now = instant.astimezone(timezone).replace(tzinfo=None)
    return now - dt.datetime.combine(now.date(), dt.time())
