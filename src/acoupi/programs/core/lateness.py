"""Runs that could not begin in time, told by clocks that nobody sets.

Celery's own ``expires`` is a time on the wall: a step forward makes every run
too late, one backward makes none. Not every broker drops what has expired.
"""

from typing import Any, cast

from celery import current_task

from acoupi._claims import Owner
from acoupi._clock import boot_s

__all__ = ["STAMP", "lasting", "late_by_s", "lateness_s", "stamp"]

STAMP = "acoupi_rung"


def lasting(lifetime_s: float) -> dict[str, Any]:
    """Return the options of a task that is of no use once so many seconds have passed."""
    return {"expiration": lifetime_s, "headers": {STAMP: stamp(lifetime_s)}}


def stamp(lifetime_s: float) -> dict[str, Any]:
    """Return the header of a run that may wait for so long."""
    ringer = Owner.this_process()
    return {
        "machine": ringer.machine,
        "boot": ringer.boot,
        "rung_s": boot_s(),
        "lifetime_s": lifetime_s,
    }


def late_by_s() -> float | None:
    """Return how late the current run began, or None if it began in time."""
    task = cast("Any", current_task)
    # Another attempt carries the header of the first, and comes when it was asked to.
    header = task.request.get(STAMP) if task and not task.request.retries else None
    return lateness_s(header, Owner.this_process(), boot_s()) if header else None


def lateness_s(header: dict[str, Any], runner: Owner, now_s: float) -> float | None:
    """Return how late a run is for a process that begins it now, or None if it is in time.

    One that was rung for before the computer was started again is late by all
    the time since; another computer's clock is not known, and its runs are in time.
    """
    if header["boot"] == runner.boot:
        late_s = now_s - header["rung_s"] - header["lifetime_s"]
        return late_s if late_s > 0 else None
    return now_s if header["machine"] == runner.machine else None
