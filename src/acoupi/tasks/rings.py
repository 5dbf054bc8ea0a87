"""From one ring for a recording to the next: what the time between came to."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from acoupi import _clock
from acoupi._clock_trust import is_synchronised
from acoupi.data import ClockQuality, EffortSpan, EffortState

__all__ = ["Outcome", "Reading", "next_due_s", "read_clocks", "spans_between"]

STEP_S = 0.5
"""By how much the clock on the wall may differ from the one since boot, and not be set."""

SLEW = 0.001
"""The share of a stretch by which it may in addition: a clock that is set right bit by bit."""

SLEPT_S = 1.0
LATE = 0.5
"""Of an interval: a ring that is later than this was missed."""


@dataclass(frozen=True)
class Reading:
    """All clocks at one moment."""

    wall: dt.datetime
    boot_s: float
    monotonic_s: float
    synchronised: bool | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a ring, and holds until the next."""

    deployment_id: UUID
    state: EffortState
    reason: str = ""


def read_clocks() -> Reading:
    """Read all clocks."""
    return Reading(_clock.utc_now(), _clock.boot_s(), _clock.monotonic_s(), is_synchronised())


def spans_between(
    before: Reading, now: Reading, outcome: Outcome, due_s: float | None = None
) -> list[EffortSpan]:
    """Account for the time between two readings in one process.

    What is left open was slept through. What the clock was set ahead by never
    was: it is down.

    Parameters
    ----------
    before, now
        The readings.
    outcome
        What came of the ring before.
    due_s
        When the next ring was to come; the rest is overload. None: not known.
    """
    lasted_s = max(0.0, now.boot_s - before.boot_s)
    began = now.wall - dt.timedelta(seconds=lasted_s)
    step_s = (began - before.wall).total_seconds()
    is_stepped = abs(step_s) > STEP_S + SLEW * lasted_s
    began, clock = (began, ClockQuality.STEPPED) if is_stepped else (before.wall, _quality(now))
    awake_until = _awake_until(before, now, began, lasted_s)
    changes = awake_until if due_s is None else min(awake_until, began + _seconds(due_s))
    late = Outcome(outcome.deployment_id, EffortState.OVERLOAD, "late")
    spans = [
        _span(outcome, began, changes, clock),
        _span(late, changes, awake_until, clock),
    ]
    if is_stepped and step_s > 0:
        reason = f"the clock was set ahead by {step_s:.0f} s"
        never = Outcome(outcome.deployment_id, EffortState.DOWN, reason)
        spans.insert(0, _span(never, before.wall, began, clock))
    return [span for span in spans if span.started_on < span.ended_on]


def next_due_s(interval_s: float | None, since_ring_s: float, waited_s: float) -> float | None:
    """Return after how long the next ring was due, if it was missed; None if it was not.

    Parameters
    ----------
    interval_s
        From ring to ring; None if it is not known.
    since_ring_s
        How long the task of the last ring took.
    waited_s
        How long it has been since.
    """
    if interval_s is None:
        return None
    period_s = max(interval_s, since_ring_s)
    due_s = period_s - since_ring_s
    return due_s if waited_s > due_s + LATE * period_s else None


def _awake_until(
    before: Reading, now: Reading, began: dt.datetime, lasted_s: float
) -> dt.datetime:
    awake_s = max(0.0, now.monotonic_s - before.monotonic_s)
    return now.wall if lasted_s - awake_s <= SLEPT_S else began + _seconds(awake_s)


def _quality(reading: Reading) -> ClockQuality:
    if reading.synchronised is None:
        return ClockQuality.UNKNOWN
    return ClockQuality.SYNCHRONISED if reading.synchronised else ClockQuality.UNSYNCHRONISED


def _span(
    outcome: Outcome, start: dt.datetime, end: dt.datetime, clock: ClockQuality
) -> EffortSpan:
    return EffortSpan(
        deployment_id=outcome.deployment_id,
        started_on=start,
        ended_on=max(start, end),
        state=outcome.state,
        reason=outcome.reason,
        clock=clock,
    )


def _seconds(seconds: float) -> dt.timedelta:
    return dt.timedelta(seconds=seconds)
