"""A deployment's time, without a gap: from what was noted and what was recorded."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from acoupi.data.effort import ClockQuality, EffortSpan, EffortState

__all__ = ["Loss", "Recorded", "Stretch", "account", "clip", "join_recorded", "losses_of"]

RANKS = {state: rank for rank, state in enumerate(EffortState)}
CLOCK_RANKS = {clock: rank for rank, clock in enumerate(ClockQuality)}

Mark = tuple[EffortState, str, ClockQuality]
Event = tuple[dt.datetime, int, Mark]


@dataclass(frozen=True)
class Recorded:
    """From the first sample of a recording to its last."""

    started_on: dt.datetime
    ended_on: dt.datetime


@dataclass(frozen=True)
class Stretch:
    """A part of an account, in which nothing changes."""

    started_on: dt.datetime
    ended_on: dt.datetime
    state: EffortState
    reason: str = ""
    clock: ClockQuality = ClockQuality.UNKNOWN

    @property
    def length(self) -> dt.timedelta:
        """How long it is."""
        return self.ended_on - self.started_on


@dataclass(frozen=True)
class Loss:
    """How many samples were lost, from when on."""

    instant: dt.datetime
    samples: int


def account(
    start: dt.datetime,
    end: dt.datetime,
    spans: Iterable[EffortSpan],
    recorded: Iterable[Recorded] = (),
) -> list[Stretch]:
    """Say what became of every microsecond from ``start`` to ``end``.

    Spans and recordings may overlap, come in any order and reach beyond the
    ends. What none of them covers is down. The stretches follow each other
    without a gap, and no two neighbours are alike.
    """
    if end <= start:
        return []
    start, end = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
    events = sorted(_events(start, end, spans, recorded), key=itemgetter(0))
    return list(_joined(_sweep(start, end, events)))


def join_recorded(recordings: Iterable[tuple[dt.datetime, float, int]]) -> Iterator[Recorded]:
    """Join recordings (start, length in s, rate in Hz; oldest first) that miss less than a sample.

    So that a season without a pause is one stretch.
    """
    last: Recorded | None = None
    for started_on, duration_s, rate_hz in recordings:
        ended_on = started_on + dt.timedelta(seconds=duration_s)
        sample = dt.timedelta(microseconds=1 + 1_000_000 // rate_hz)
        if last is not None and last.started_on <= started_on <= last.ended_on + sample:
            last = replace(last, ended_on=max(last.ended_on, ended_on))
            continue
        if last is not None:
            yield last
        last = Recorded(started_on, ended_on)
    if last is not None:
        yield last


def losses_of(start: dt.datetime, end: dt.datetime, spans: Iterable[EffortSpan]) -> list[Loss]:
    """Return what was lost from ``start`` to ``end``, each where it began."""
    return [
        Loss(max(span.started_on, start), span.lost_samples)
        for span in spans
        if span.lost_samples and span.started_on < end and span.ended_on >= start
    ]


def clip(stretches: Sequence[Stretch], start: dt.datetime, end: dt.datetime) -> list[Stretch]:
    """Return what of an account lies between two instants."""
    return [
        replace(each, started_on=max(each.started_on, start), ended_on=min(each.ended_on, end))
        for each in stretches
        if each.started_on < end and each.ended_on > start
    ]


def _events(
    start: dt.datetime,
    end: dt.datetime,
    spans: Iterable[EffortSpan],
    recorded: Iterable[Recorded],
) -> Iterator[Event]:
    for span in spans:
        mark = (span.state, span.reason, span.clock)
        yield from _ends(start, end, span, mark)
    for each in recorded:
        yield from _ends(start, end, each, (EffortState.RECORDED, "", ClockQuality.UNKNOWN))


def _ends(
    start: dt.datetime, end: dt.datetime, what: EffortSpan | Recorded, mark: Mark
) -> Iterator[Event]:
    first, last = max(what.started_on, start), min(what.ended_on, end)
    if first < last:
        yield first, 1, mark
        yield last, -1, mark


def _sweep(start: dt.datetime, end: dt.datetime, events: Sequence[Event]) -> Iterator[Stretch]:
    active: Counter[Mark] = Counter()
    since = start
    for instant, changes in groupby(events, key=itemgetter(0)):
        if since < instant:
            yield _judged(since, instant, active)
            since = instant
        for _, change, mark in changes:
            active[mark] += change
            if not active[mark]:
                del active[mark]
    if since < end:
        yield _judged(since, end, active)


def _judged(since: dt.datetime, until: dt.datetime, active: Iterable[Mark]) -> Stretch:
    """Choose what counts most among all that held, and the worst that is known of the clock."""
    marks = list(active)
    if not marks:
        return Stretch(since, until, EffortState.DOWN)
    state, reason, _ = min(marks, key=lambda mark: (RANKS[mark[0]], mark[1]))
    clock = min((mark[2] for mark in marks), key=CLOCK_RANKS.__getitem__)
    return Stretch(since, until, state, reason, clock)


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Join neighbours that are alike."""
    for _, group in groupby(stretches, key=lambda each: (each.state, each.reason, each.clock)):
        alike = list(group)
        yield replace(alike[0], ended_on=alike[-1].ended_on)
