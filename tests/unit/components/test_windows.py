import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, strategies as st

from acoupi.components._windows import in_any_window, in_window, time_into_day
from acoupi.data import TimeInterval

LONDON = ZoneInfo("Europe/London")
HALF_AN_HOUR = dt.timedelta(minutes=30)
MICROSECOND = dt.timedelta(microseconds=1)
CLOCK_CHANGES = [
    ("Europe/London", dt.date(2024, 3, 31), 23),
    ("Europe/London", dt.date(2024, 10, 27), 25),
    ("America/New_York", dt.date(2024, 3, 10), 23),
    ("America/New_York", dt.date(2024, 11, 3), 25),
    ("Australia/Lord_Howe", dt.date(2024, 10, 6), 23.5),
    ("Australia/Lord_Howe", dt.date(2024, 4, 7), 24.5),
]

zones = st.sampled_from(
    ["UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Lima"]
).map(ZoneInfo)
instants = st.datetimes(
    dt.datetime(2000, 1, 1), dt.datetime(2040, 1, 1), timezones=st.just(dt.UTC)
)


def interval(start: str, end: str) -> TimeInterval:
    return TimeInterval(start=dt.time.fromisoformat(start), end=dt.time.fromisoformat(end))


def at(text: str, zone: dt.tzinfo = dt.UTC) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2024-01-15T{text}").replace(tzinfo=zone)


def microseconds(time: dt.time) -> int:
    whole = dt.timedelta(
        hours=time.hour, minutes=time.minute, seconds=time.second, microseconds=time.microsecond
    )
    return whole // MICROSECOND


def walks_through(start: int, end: int, now: int) -> bool:
    """Go from start forwards to end, and see whether now is met on the way."""
    day = 24 * 3600 * 1_000_000
    return (now - start) % day < ((end - start) % day or day)


@pytest.mark.parametrize(
    ("time", "inside"),
    [
        ("05:59:59.999999", False),
        ("06:00:00", True),
        ("12:00:00", True),
        ("22:29:59.999999", True),
        ("22:30:00", False),
        ("00:00:00", False),
    ],
)
def test_a_day_window_is_half_open(time: str, inside: bool) -> None:
    assert in_window(interval("06:00", "22:30"), at(time), dt.UTC) is inside


@pytest.mark.parametrize(
    ("time", "inside"),
    [
        ("21:59:59.999999", False),
        ("22:00:00", True),
        ("23:59:59.999999", True),
        ("00:00:00", True),
        ("03:59:59.999999", True),
        ("04:00:00", False),
    ],
)
def test_a_window_across_midnight_includes_its_last_microsecond(time: str, inside: bool) -> None:
    assert in_window(interval("22:00", "04:00"), at(time), dt.UTC) is inside


@given(instants, st.times(), zones)
def test_equal_ends_mean_all_day(instant: dt.datetime, edge: dt.time, zone: ZoneInfo) -> None:
    assert in_window(TimeInterval(start=edge, end=edge), instant, zone)


@given(instants, st.times(), st.times(), zones)
def test_a_window_is_what_one_passes_walking_from_its_start(
    instant: dt.datetime, start: dt.time, end: dt.time, zone: ZoneInfo
) -> None:
    now = instant.astimezone(zone).time()
    expected = walks_through(microseconds(start), microseconds(end), microseconds(now))
    assert in_window(TimeInterval(start=start, end=end), instant, zone) is expected


@given(instants, st.times(), st.times(), zones)
def test_a_window_and_its_complement_share_no_instant(
    instant: dt.datetime, start: dt.time, end: dt.time, zone: ZoneInfo
) -> None:
    if start != end:
        inside = in_window(TimeInterval(start=start, end=end), instant, zone)
        assert in_window(TimeInterval(start=end, end=start), instant, zone) is not inside


def test_the_window_is_in_the_zone_given() -> None:
    noon_in_lima = dt.datetime(2024, 1, 15, 17, tzinfo=dt.UTC)
    assert in_window(interval("11:30", "12:30"), noon_in_lima, ZoneInfo("America/Lima"))
    assert not in_window(interval("11:30", "12:30"), noon_in_lima, dt.UTC)


def test_a_window_whose_ends_carry_a_zone_is_read_as_wall_time() -> None:
    window = TimeInterval(start=dt.time(6, tzinfo=dt.UTC), end=dt.time(7, tzinfo=dt.UTC))
    assert in_window(window, dt.datetime(2024, 7, 1, 5, 30, tzinfo=dt.UTC), LONDON)


@pytest.mark.parametrize(("zone", "day", "hours"), CLOCK_CHANGES)
def test_every_minute_of_a_day_the_clock_changes_is_decided_by_wall_time(
    zone: str, day: dt.date, hours: float
) -> None:
    tz = ZoneInfo(zone)
    midnight = dt.datetime.combine(day, dt.time(), tz).astimezone(dt.UTC)
    minutes = [midnight + dt.timedelta(minutes=n) for n in range(int(hours * 60))]
    morning, rest = interval("00:00", "06:00"), interval("06:00", "00:00")

    assert {m.astimezone(tz).date() for m in minutes} == {day}
    inside = [m for m in minutes if in_window(morning, m, tz)]
    assert len(inside) == (hours - 18) * 60
    assert [m for m in minutes if in_window(rest, m, tz)] == minutes[len(inside) :]


def test_a_daytime_window_lasts_as_long_on_the_day_the_clock_changes() -> None:
    for day in (dt.date(2024, 3, 31), dt.date(2024, 10, 27), dt.date(2024, 7, 1)):
        start = dt.datetime.combine(day, dt.time(), LONDON).astimezone(dt.UTC)
        minutes = [start + dt.timedelta(minutes=n) for n in range(25 * 60)]
        minutes = [m for m in minutes if m.astimezone(LONDON).date() == day]
        assert sum(in_window(interval("06:00", "22:30"), m, LONDON) for m in minutes) == 16.5 * 60


@given(
    st.sampled_from(CLOCK_CHANGES),
    st.integers(3, 23),
    st.integers(3, 23),
    st.sampled_from([0, 30]),
)
def test_a_window_comes_once_on_the_day_the_clock_changes_and_on_its_neighbours(
    change: tuple[str, dt.date, float], start: int, end: int, minute: int
) -> None:
    assume(start != end)
    zone, day = ZoneInfo(change[0]), change[1]
    window = TimeInterval(start=dt.time(start, minute), end=dt.time(end, minute))
    first, last = (
        dt.datetime.combine(day + dt.timedelta(days=n), dt.time(), zone).astimezone(dt.UTC)
        for n in (-1, 2)
    )
    halves = [first + dt.timedelta(minutes=30 * n) for n in range((last - first) // HALF_AN_HOUR)]
    inside = [in_window(window, instant, zone) for instant in halves]
    assert sum(now and not before for before, now in pairwise(inside)) == 3


def test_one_of_several_windows_is_enough() -> None:
    windows = [interval("05:00", "06:00"), interval("20:00", "21:00")]
    assert [in_any_window(windows, at(t), dt.UTC) for t in ("05:30", "12:00", "20:30")] == [
        True,
        False,
        True,
    ]


def test_no_windows_contain_nothing() -> None:
    assert not in_any_window([], at("12:00"), dt.UTC)


@given(instants, zones)
def test_the_time_into_the_day_is_what_a_clock_on_the_wall_shows(
    instant: dt.datetime, zone: ZoneInfo
) -> None:
    now = instant.astimezone(zone).time()
    assert time_into_day(instant, zone) // MICROSECOND == microseconds(now)
