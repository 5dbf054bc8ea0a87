"""What a deployment did with its time, by day or hour."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from acoupi.components.stores.sqlite.effort import Noted
from acoupi.data import ClockQuality, Deployment, EffortState
from acoupi.data.account import Loss, Stretch, account, losses_of, split

__all__ = ["Bucket", "Effort", "Unit", "account_for", "edges_between"]

Unit = Literal["day", "hour"]

NOTHING = dt.timedelta()
HOUR = dt.timedelta(hours=1)
SETTLED = dt.timedelta(minutes=2)
"""How long after it what happened has certainly been noted, where recordings are frequent."""


@dataclass(frozen=True)
class Bucket:
    """A part of a deployment's time, and what it came to."""

    started_on: dt.datetime
    ended_on: dt.datetime
    by_state: dict[EffortState, dt.timedelta]
    by_clock: dict[ClockQuality, dt.timedelta]
    lost_samples: int

    @property
    def length(self) -> dt.timedelta:
        """How long it is; the states add up to it."""
        return self.ended_on - self.started_on

    def share(self, state: EffortState) -> float:
        """Return which share of it was so, from 0 to 1."""
        return self.by_state.get(state, NOTHING) / self.length


@dataclass(frozen=True)
class Effort:
    """The account of a deployment, or of a part of it, and of one microphone."""

    deployment: Deployment
    total: Bucket
    parts: list[Bucket]
    reasons: dict[tuple[EffortState, str], dt.timedelta]
    """Of what has one, the longest first."""

    is_noted: bool
    """Whether anything but recordings is known; otherwise no pause can be told from a fault."""

    microphone: str = ""
    """Which of several it is of."""


def account_for(
    noted: Noted,
    now: dt.datetime,
    zone: dt.tzinfo,
    unit: Unit = "day",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> Effort | None:
    """Account for a deployment; None if no time of it lies between ``since`` and ``until``."""
    start = max(filter(None, (noted.deployment.started_on, since)))
    end = min(filter(None, (noted.deployment.ended_on or _known_until(noted, now), until)))
    if end <= start:
        return None
    stretches = account(start, end, noted.spans, [*noted.recorded, *noted.unheard])
    losses = losses_of(start, end, noted.spans)
    edges = list(edges_between(start, end, zone, unit))
    parts = [
        _bucket(first, last, part, losses)
        for (first, last), part in zip(pairwise(edges), split(stretches, edges), strict=True)
    ]
    total = _bucket(start, end, stretches, losses)
    reasons = _reasons(stretches)
    is_noted = bool(noted.spans)
    return Effort(noted.deployment, total, parts, reasons, is_noted, noted.microphone)


def edges_between(
    start: dt.datetime, end: dt.datetime, zone: dt.tzinfo, unit: Unit
) -> Iterator[dt.datetime]:
    """Yield ``start``, where the wall clock of a zone begins a day or hour, and ``end``."""
    edge = start.astimezone(dt.UTC)
    while edge < end:
        yield edge
        edge = _next_day(edge, zone) if unit == "day" else _next_hour(edge, zone)
    yield end.astimezone(dt.UTC)


def _next_day(instant: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    tomorrow = instant.astimezone(zone).date() + dt.timedelta(days=1)
    return dt.datetime.combine(tomorrow, dt.time(), zone).astimezone(dt.UTC)


def _next_hour(instant: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    local = instant.astimezone(zone)
    into = dt.timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return instant - into + HOUR


def _known_until(noted: Noted, now: dt.datetime) -> dt.datetime:
    """Return up to when one that runs can be judged: what is not noted yet is not down."""
    last = noted.last_on
    starts = [each.started_on for each in noted.recorded[-2:]]
    rhythm = starts[-1] - starts[0] if starts else NOTHING
    if last is not None and NOTHING <= now - last <= max(SETTLED, 1.5 * rhythm):
        return last
    return now


def _bucket(
    start: dt.datetime, end: dt.datetime, stretches: Sequence[Stretch], losses: Iterable[Loss]
) -> Bucket:
    states: dict[EffortState, dt.timedelta] = {}
    clocks: dict[ClockQuality, dt.timedelta] = {}
    for stretch in stretches:
        states[stretch.state] = states.get(stretch.state, NOTHING) + stretch.length
        clocks[stretch.clock] = clocks.get(stretch.clock, NOTHING) + stretch.length
    lost = sum(loss.samples for loss in losses if start <= loss.instant < end)
    return Bucket(start, end, states, clocks, lost)


def _reasons(stretches: Iterable[Stretch]) -> dict[tuple[EffortState, str], dt.timedelta]:
    lengths: dict[tuple[EffortState, str], dt.timedelta] = {}
    for stretch in stretches:
        if stretch.reason:
            key = (stretch.state, stretch.reason)
            lengths[key] = lengths.get(key, NOTHING) + stretch.length
    return dict(sorted(lengths.items(), key=lambda item: -item[1]))
