import datetime as dt
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from acoupi.components.stores.sqlite.effort import Noted
from acoupi.data import ClockQuality, Deployment, EffortSpan, EffortState
from acoupi.data.account import Recorded
from acoupi.system.effort import account_for, edges_between

BERLIN = ZoneInfo("Europe/Berlin")
START = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)
HERE = UUID(int=1)
ZONES = [
    "Europe/Berlin",
    "America/Havana",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Australia/Lord_Howe",
]


def minute(number: float) -> dt.datetime:
    return START + dt.timedelta(minutes=number)


def span(
    start: float, end: float, state: EffortState, reason: str = "", lost: int = 0
) -> EffortSpan:
    return EffortSpan(
        deployment_id=HERE,
        started_on=minute(start),
        ended_on=minute(end),
        state=state,
        reason=reason,
        lost_samples=lost,
        clock=ClockQuality.SYNCHRONISED,
    )


def noted(
    *spans: EffortSpan, ended: float | None = 120, recorded: tuple[float, float] = (10, 20)
) -> Noted:
    stay = Deployment(
        id=HERE, name="wood", started_on=START, ended_on=None if ended is None else minute(ended)
    )
    return Noted(stay, list(spans), [Recorded(*map(minute, recorded))])


def local(text: str, zone: ZoneInfo = BERLIN) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-05-01", 24)]
)
def test_a_day_is_as_long_as_the_clock_on_the_wall_makes_it(day: str, hours: int) -> None:
    start = local(day).astimezone(dt.UTC)
    first, second, *_ = edges_between(start, start + dt.timedelta(days=3), BERLIN, "day")
    assert second - first == dt.timedelta(hours=hours)
    by_hour = edges_between(first, second, BERLIN, "hour")
    assert len(list(by_hour)) == hours + 1


@given(
    st.datetimes(dt.datetime(2011, 1, 1), dt.datetime(2027, 1, 1)),
    st.timedeltas(dt.timedelta(0), dt.timedelta(days=20)),
    st.sampled_from(ZONES),
    st.sampled_from(["day", "hour"]),
)
def test_days_and_hours_of_any_zone_follow_each_other(
    start: dt.datetime, length: dt.timedelta, zone: str, unit: str
) -> None:
    start = start.replace(tzinfo=dt.UTC)
    edges = list(edges_between(start, start + length, ZoneInfo(zone), unit))  # type: ignore[arg-type]
    longest = dt.timedelta(hours=25) if unit == "day" else dt.timedelta(hours=1)
    assert edges[0] == start
    assert edges[-1] == start + length
    assert all(dt.timedelta() < b - a <= longest for a, b in pairwise(edges))


def test_the_parts_add_up_to_the_whole() -> None:
    found = account_for(
        noted(
            span(0, 60, EffortState.PAUSED),
            span(60, 90, EffortState.CONDITION, "Dawn"),
            span(29, 31, EffortState.DROPPED, "overrun", 480),
        ),
        minute(500),
        dt.UTC,
        "hour",
    )
    assert found is not None
    assert [part.length for part in found.parts] == [dt.timedelta(minutes=m) for m in (30, 60, 30)]
    assert [part.lost_samples for part in found.parts] == [480, 0, 0]
    for state, length in found.total.by_state.items():
        parts = (part.by_state.get(state, dt.timedelta()) for part in found.parts)
        assert sum(parts, dt.timedelta()) == length
    assert sum(found.total.by_state.values(), dt.timedelta()) == found.total.length
    assert sum(found.total.by_clock.values(), dt.timedelta()) == found.total.length
    assert found.reasons == {
        (EffortState.CONDITION, "Dawn"): dt.timedelta(minutes=30),
        (EffortState.DROPPED, "overrun"): dt.timedelta(minutes=2),
    }


def test_only_the_time_asked_for_is_accounted_for() -> None:
    found = account_for(noted(), minute(500), dt.UTC, since=minute(15), until=minute(16))
    assert found is not None
    assert found.total.share(EffortState.RECORDED) == 1
    assert account_for(noted(), minute(500), dt.UTC, since=minute(120)) is None


def test_what_a_running_sensor_has_not_noted_yet_is_not_down() -> None:
    running = noted(span(0, 60, EffortState.PAUSED), ended=None)
    just_now, long_ago = (account_for(running, minute(m), dt.UTC) for m in (61, 90))
    assert just_now is not None
    assert EffortState.DOWN not in just_now.total.by_state
    assert long_ago is not None
    assert long_ago.total.by_state[EffortState.DOWN] == dt.timedelta(minutes=30)


def test_a_deployment_whose_clock_was_set_back_beyond_its_start_has_no_time() -> None:
    assert account_for(noted(ended=-60), minute(500), dt.UTC) is None
