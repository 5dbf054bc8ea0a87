import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

from hypothesis import given, strategies as st

from acoupi.data import ClockQuality, EffortSpan, EffortState
from acoupi.data.account import Recorded, Stretch, account, join_recorded, losses_of, split

START = dt.datetime(2026, 5, 1, 22, tzinfo=dt.UTC)
DAY = 86_400_000_000
HERE = UUID(int=1)


def at(microseconds: float) -> dt.datetime:
    return START + dt.timedelta(microseconds=microseconds)


def second(number: float) -> dt.datetime:
    return at(number * 1e6)


def span(start_s: float, end_s: float, state: EffortState, **fields: object) -> EffortSpan:
    return EffortSpan.model_validate(
        {
            "deployment_id": HERE,
            "started_on": second(start_s),
            "ended_on": second(end_s),
            "state": state,
        }
        | fields
    )


# Coarse instants, so that many spans share their ends; fine ones, so that not all do.
instants = st.one_of(
    st.integers(-3, 27).map(lambda hour: hour * DAY // 24), st.integers(-DAY, 2 * DAY)
).map(at)
ends = st.tuples(instants, instants).map(sorted)


@st.composite
def spans(draw: st.DrawFn) -> EffortSpan:
    started_on, ended_on = draw(ends)
    return EffortSpan(
        deployment_id=HERE,
        started_on=started_on,
        ended_on=ended_on,
        state=draw(st.sampled_from(EffortState)),
        reason=draw(st.sampled_from(["", "Dawn", "Space"])),
        lost_samples=draw(st.integers(0, 3)),
        clock=draw(st.sampled_from(ClockQuality)),
    )


recordings = st.builds(
    lambda both, unheard: Recorded(*both, unheard), ends, st.sampled_from(["", "", "left"])
)


def total(stretches: Sequence[Stretch]) -> dt.timedelta:
    return sum((each.length for each in stretches), dt.timedelta())


def state_at(stretches: Sequence[Stretch], instant: dt.datetime) -> Stretch:
    (found,) = [each for each in stretches if each.started_on <= instant < each.ended_on]
    return found


@given(st.lists(spans()), st.lists(recordings), instants, instants)
def test_an_account_has_neither_gap_nor_overlap_and_is_as_long_as_the_time(
    noted: list[EffortSpan], recorded: list[Recorded], start: dt.datetime, end: dt.datetime
) -> None:
    found = account(start, end, noted, recorded)
    assert total(found) == max(end - start, dt.timedelta())
    assert all(a.ended_on == b.started_on for a, b in pairwise(found))
    assert all(each.started_on < each.ended_on for each in found)
    if found:
        assert (found[0].started_on, found[-1].ended_on) == (start, end)


@given(st.lists(spans()), st.lists(recordings), instants)
def test_every_instant_is_what_counts_most_of_all_that_held(
    noted: list[EffortSpan], recorded: list[Recorded], instant: dt.datetime
) -> None:
    found = state_at(account(at(-2 * DAY), at(3 * DAY), noted, recorded), instant)
    held = [each.state for each in noted if each.started_on <= instant < each.ended_on]
    held += [
        EffortState.UNHEARD if each.unheard else EffortState.RECORDED
        for each in recorded
        if each.started_on <= instant < each.ended_on
    ]
    order = list(EffortState)
    assert found.state == min(held, key=order.index, default=EffortState.DOWN)


@given(st.lists(spans()), st.lists(recordings), st.randoms(use_true_random=False))
def test_the_order_in_which_things_were_noted_makes_no_difference(
    noted: list[EffortSpan], recorded: list[Recorded], random: object
) -> None:
    before = account(at(0), at(DAY), noted, recorded)
    shuffled = list(noted)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert account(at(0), at(DAY), shuffled, recorded[::-1]) == before


@given(st.lists(spans()), st.lists(recordings), st.lists(instants))
def test_parts_of_an_account_are_as_long_as_the_whole(
    noted: list[EffortSpan], recorded: list[Recorded], cuts: list[dt.datetime]
) -> None:
    whole = account(at(0), at(DAY), noted, recorded)
    edges = sorted({at(0), at(DAY), *(cut for cut in cuts if at(0) < cut < at(DAY))})
    parts = split(whole, edges)
    assert [total(part) for part in parts] == [end - start for start, end in pairwise(edges)]
    assert sum((total(part) for part in parts), dt.timedelta()) == dt.timedelta(days=1)
    assert sum(
        (total([s for s in part if s.state is EffortState.RECORDED]) for part in parts),
        dt.timedelta(),
    ) == total([s for s in whole if s.state is EffortState.RECORDED])


@given(st.lists(spans()), st.lists(instants))
def test_no_lost_sample_is_counted_twice_or_forgotten(
    noted: list[EffortSpan], cuts: list[dt.datetime]
) -> None:
    whole = losses_of(at(-2 * DAY), at(3 * DAY), noted)
    edges = sorted({at(-2 * DAY), at(3 * DAY), *cuts})
    counted = [
        sum(loss.samples for loss in whole if start <= loss.instant < end)
        for start, end in pairwise(edges)
    ]
    assert sum(counted) == sum(each.lost_samples for each in noted)


def test_what_nobody_noted_is_down() -> None:
    assert account(second(0), second(9), [], []) == [
        Stretch(second(0), second(9), EffortState.DOWN)
    ]


def test_a_recording_lies_over_the_pause_around_it_and_bears_its_clock() -> None:
    noted = [span(0, 10, EffortState.PAUSED, clock=ClockQuality.UNSYNCHRONISED)]
    found = account(second(0), second(10), noted, [Recorded(second(2), second(5))])
    assert [(each.state.value, each.length.total_seconds(), each.clock) for each in found] == [
        ("paused", 2, ClockQuality.UNSYNCHRONISED),
        ("recorded", 3, ClockQuality.UNSYNCHRONISED),
        ("paused", 5, ClockQuality.UNSYNCHRONISED),
    ]


def test_what_nobody_heard_lies_over_what_was_recorded_and_says_why() -> None:
    recorded = [Recorded(second(0), second(9)), Recorded(second(3), second(6), "left")]
    noted = [span(0, 9, EffortState.PAUSED, clock=ClockQuality.SYNCHRONISED)]
    found = account(second(0), second(9), noted, recorded)
    assert [(each.state.value, each.reason, each.clock) for each in found] == [
        ("recorded", "", ClockQuality.SYNCHRONISED),
        ("unheard", "left", ClockQuality.SYNCHRONISED),
        ("recorded", "", ClockQuality.SYNCHRONISED),
    ]


def test_samples_that_were_dropped_are_no_effort_although_a_file_goes_on() -> None:
    noted = [span(2, 3, EffortState.DROPPED, reason="overrun", lost_samples=48_000)]
    found = account(second(0), second(5), noted, [Recorded(second(0), second(5))])
    assert [each.state.value for each in found] == ["recorded", "dropped", "recorded"]


def test_of_two_clocks_the_worse_counts() -> None:
    noted = [
        span(0, 10, EffortState.PAUSED, clock=ClockQuality.SYNCHRONISED),
        span(5, 10, EffortState.PAUSED, clock=ClockQuality.STEPPED),
    ]
    found = account(second(0), second(10), noted)
    assert [each.clock for each in found] == [ClockQuality.SYNCHRONISED, ClockQuality.STEPPED]


def test_recordings_that_miss_less_than_a_sample_are_one() -> None:
    third = 1 / 3
    rows = [(second(0) + dt.timedelta(seconds=n * third), third, 48_000) for n in range(30)]
    assert [each.started_on for each in join_recorded(rows)] == [second(0)]


def test_recordings_that_miss_two_samples_are_two() -> None:
    rows = [(second(0), 1.0, 48_000), (second(1) + dt.timedelta(microseconds=42), 1.0, 48_000)]
    assert len(list(join_recorded(rows))) == 2
