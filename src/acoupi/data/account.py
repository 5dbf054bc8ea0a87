"""A deployment's time, without a gap: from what was noted and what was recorded."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from acoupi.data.effort import ClockQuality, EffortSpan, EffortState

__all__ = ["Loss", "Recorded", "Stretch", "account", "join_recorded", "losses_of", "split"]

RANKS = {state: rank for rank, state in enumerate(EffortState)}
CLOCK_RANKS = {clock: rank for rank, clock in enumerate(ClockQuality)}

Mark = tuple[EffortState, str, ClockQuality]
Event = tuple[dt.datetime, int, int]

RECORDED: Mark = (EffortState.RECORDED, "", ClockQuality.UNKNOWN)
NOTHING: Mark = (EffortState.DOWN, "", ClockQuality.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Recorded:
    """From the first sample of a recording to its last."""

    started_on: dt.datetime
    ended_on: dt.datetime
    unheard: str = ""
    """Why nobody heard what is in it; empty if that is not so."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
    marks = _Marks()
    events = sorted(_events(start, end, spans, recorded, marks), key=itemgetter(0))
    return list(_joined(_sweep(start, end, events, marks)))


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


def split(stretches: Iterable[Stretch], edges: Sequence[dt.datetime]) -> list[list[Stretch]]:
    """Return what lies between each two neighbouring edges; the stretches lie within them all."""
    parts: list[list[Stretch]] = [[] for _ in edges[1:]]
    for stretch in stretches:
        index = bisect_right(edges, stretch.started_on) - 1
        while stretch.ended_on > edges[index + 1]:
            parts[index].append(replace(stretch, ended_on=edges[index + 1]))
            stretch = replace(stretch, started_on=edges[index + 1])
            index += 1
        parts[index].append(stretch)
    return parts


class _Marks:
    """Numbers for what held, since a season has millions of changes and few marks."""

    def __init__(self) -> None:
        self._marks: list[Mark] = [RECORDED]
        self._numbers: dict[Mark, int] = {RECORDED: 0}
        self._chosen: dict[frozenset[int], Mark] = {frozenset(): NOTHING}

    def number(self, mark: Mark) -> int:
        number = self._numbers.setdefault(mark, len(self._marks))
        if number == len(self._marks):
            self._marks.append(mark)
        return number

    def choose(self, numbers: Iterable[int]) -> Mark:
        """Choose what counts most of all that held, and the worst that is known of the clock."""
        held = frozenset(numbers)
        if held not in self._chosen:
            self._chosen[held] = _chosen([self._marks[number] for number in held])
        return self._chosen[held]


def _events(
    start: dt.datetime,
    end: dt.datetime,
    spans: Iterable[EffortSpan],
    recorded: Iterable[Recorded],
    marks: _Marks,
) -> Iterator[Event]:
    for span in spans:
        number = marks.number((span.state, span.reason, span.clock))
        yield from _ends(start, end, span, number)
    for each in recorded:
        yield from _ends(start, end, each, marks.number(_mark_of(each)))


def _mark_of(recorded: Recorded) -> Mark:
    if not recorded.unheard:
        return RECORDED
    return EffortState.UNHEARD, recorded.unheard, ClockQuality.UNKNOWN


def _ends(
    start: dt.datetime, end: dt.datetime, what: EffortSpan | Recorded, number: int
) -> Iterator[Event]:
    first, last = max(what.started_on, start), min(what.ended_on, end)
    if first < last:
        yield first, 1, number
        yield last, -1, number


def _sweep(
    start: dt.datetime, end: dt.datetime, events: Iterable[Event], marks: _Marks
) -> Iterator[Stretch]:
    active: dict[int, int] = {}
    since = start
    for instant, change, number in events:
        if since < instant:
            yield Stretch(since, instant, *marks.choose(active))
            since = instant
        count = active.get(number, 0) + change
        if count:
            active[number] = count
        else:
            del active[number]
    if since < end:
        yield Stretch(since, end, *marks.choose(active))


def _chosen(marks: Sequence[Mark]) -> Mark:
    state, reason, _ = min(marks, key=lambda mark: (RANKS[mark[0]], mark[1]))
    return state, reason, min((mark[2] for mark in marks), key=CLOCK_RANKS.__getitem__)


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Join neighbours that are alike."""
    last: Stretch | None = None
    for stretch in stretches:
        if last is not None and _mark(last) == _mark(stretch):
            last = Stretch(last.started_on, stretch.ended_on, *_mark(last))
            continue
        if last is not None:
            yield last
        last = stretch
    if last is not None:
        yield last


def _mark(stretch: Stretch) -> Mark:
    return stretch.state, stretch.reason, stretch.clock
