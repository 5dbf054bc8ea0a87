import datetime as dt
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from acoupi.data import EffortSpan, EffortState
from acoupi.tasks.rings import Outcome, Reading, next_due_s, spans_between

START = dt.datetime(2026, 5, 1, 3, tzinfo=dt.UTC)
REFUSED = Outcome(UUID(int=1), EffortState.CONDITION, "Dawn")


def reading(
    wall_s: float, boot_s: float, slept_s: float = 0, synchronised: bool | None = True
) -> Reading:
    wall = START + dt.timedelta(seconds=wall_s)
    return Reading(wall, 500 + boot_s, 400 + boot_s - slept_s, synchronised)


def shown(spans: list[EffortSpan]) -> list[tuple[str, float, float, str]]:
    return [
        (
            span.state.value,
            (span.started_on - START).total_seconds(),
            (span.ended_on - START).total_seconds(),
            span.clock.value,
        )
        for span in spans
    ]


@pytest.mark.parametrize(
    ("synchronised", "quality"),
    [(True, "synchronised"), (False, "unsynchronised"), (None, "unknown")],
)
def test_the_time_between_is_what_came_of_the_ring(
    synchronised: bool | None, quality: str
) -> None:
    now = reading(10, 10, synchronised=synchronised)
    assert shown(spans_between(reading(0, 0), now, REFUSED)) == [("condition", 0, 10, quality)]


def test_what_comes_after_the_next_ring_was_due_is_overload() -> None:
    spans = spans_between(reading(0, 0), reading(35, 35), REFUSED, due_s=10)
    assert shown(spans) == [
        ("condition", 0, 10, "synchronised"),
        ("overload", 10, 35, "synchronised"),
    ]


def test_a_clock_that_is_set_ahead_leaves_time_that_never_was() -> None:
    spans = spans_between(reading(0, 0), reading(3610, 10), REFUSED)
    assert shown(spans) == [("down", 0, 3600, "stepped"), ("condition", 3600, 3610, "stepped")]
    assert spans[0].reason == "the clock was set ahead by 3600 s"


def test_a_clock_that_is_set_back_has_some_time_twice() -> None:
    spans = spans_between(reading(0, 0), reading(-3590, 10), REFUSED)
    assert shown(spans) == [("condition", -3600, -3590, "stepped")]


def test_a_clock_that_is_trimmed_is_not_stepped() -> None:
    spans = spans_between(reading(0, 0), reading(600.3, 600), REFUSED)
    assert shown(spans) == [("condition", 0, 600.3, "synchronised")]


def test_what_was_slept_through_is_left_open() -> None:
    spans = spans_between(reading(0, 0), reading(100, 100, slept_s=90), REFUSED)
    assert shown(spans) == [("condition", 0, 10, "synchronised")]


@given(
    st.floats(-1e5, 1e5),
    st.floats(0, 1e5),
    st.floats(0, 1e5),
    st.none() | st.floats(0, 1e5),
)
def test_spans_follow_each_other_and_never_reach_beyond_now(
    wall_s: float, boot_s: float, slept_s: float, due_s: float | None
) -> None:
    now = reading(wall_s, boot_s, min(slept_s, boot_s))
    spans = spans_between(reading(0, 0), now, REFUSED, due_s)
    assert all(a.ended_on == b.started_on for a, b in pairwise(spans))
    assert all(span.ended_on <= now.wall for span in spans)


@pytest.mark.parametrize(
    ("interval_s", "took_s", "waited_s", "due_s"),
    [
        (None, 3, 1000, None),
        (10, 3, 7, None),
        (10, 3, 11, None),
        (10, 3, 17, 7),
        (3, 5, 1, None),
        (3, 5, 4, 0),
    ],
)
def test_a_ring_is_missed_if_it_comes_half_an_interval_late(
    interval_s: float | None, took_s: float, waited_s: float, due_s: float | None
) -> None:
    assert next_due_s(interval_s, took_s, waited_s) == due_s
