import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from acoupi.components import FrequencySchedule, SaveIfInInterval
from acoupi.data import Deployment, Recording, TimeInterval
from acoupi.errors import ParameterError

LIMA = ZoneInfo("America/Lima")
LONDON = ZoneInfo("Europe/London")
MIDNIGHT = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def recorded(created_on: dt.datetime) -> Recording:
    deployment = Deployment(name="wood")
    return Recording(created_on=created_on, duration=3, samplerate=8_000, deployment=deployment)


@pytest.mark.parametrize(("hour_utc", "kept"), [(0, True), (19, False), (14, False), (23, True)])
def test_a_saving_window_is_compared_in_its_zone(hour_utc: int, kept: bool) -> None:
    window = SaveIfInInterval(TimeInterval(start=dt.time(18), end=dt.time(20)), LIMA)
    recording = recorded(dt.datetime(2024, 1, 1, hour_utc, 30, tzinfo=dt.UTC))
    assert window.should_save_recording(recording) is kept


def test_a_saving_window_does_not_care_in_which_zone_a_recording_was_made() -> None:
    window = SaveIfInInterval(TimeInterval(start=dt.time(6), end=dt.time(7)), LONDON)
    instant = dt.datetime(2024, 7, 1, 5, 30, tzinfo=dt.UTC)
    for zone in (dt.UTC, LIMA, LONDON):
        assert window.should_save_recording(recorded(instant.astimezone(zone)))


def test_a_saving_window_across_midnight_includes_its_last_microsecond() -> None:
    window = SaveIfInInterval(TimeInterval(start=dt.time(22), end=dt.time(0)), dt.UTC)
    assert window.should_save_recording(recorded(MIDNIGHT - dt.timedelta(microseconds=1)))
    assert not window.should_save_recording(recorded(MIDNIGHT))


@pytest.mark.parametrize(
    ("duration", "frequency", "minutes_a_day"),
    [(5, 30, 240), (5, 60, 120), (5, 120, 60), (10, 1440, 10), (5, 7, 1030), (60, 60, 1440)],
)
def test_so_many_minutes_of_every_so_many_are_kept(
    duration: int, frequency: int, minutes_a_day: int
) -> None:
    schedule = FrequencySchedule(duration, frequency)
    minutes = [recorded(MIDNIGHT + dt.timedelta(minutes=n)) for n in range(1440)]
    assert sum(map(schedule.should_save_recording, minutes)) == minutes_a_day


def test_five_of_every_two_hours_are_the_first_five_of_the_even_hours() -> None:
    schedule = FrequencySchedule(5, 120)
    minutes = [MIDNIGHT + dt.timedelta(minutes=n) for n in range(1440)]
    kept = [m for m in minutes if schedule.should_save_recording(recorded(m))]
    assert {m.hour for m in kept} == set(range(0, 24, 2))
    assert {m.minute for m in kept} == set(range(5))


def test_the_minutes_kept_end_to_the_microsecond() -> None:
    schedule = FrequencySchedule(5, 120)
    end = MIDNIGHT + dt.timedelta(minutes=5)
    assert schedule.should_save_recording(recorded(end - dt.timedelta(microseconds=1)))
    assert not schedule.should_save_recording(recorded(end))


def test_the_day_may_begin_in_another_zone() -> None:
    kathmandu = FrequencySchedule(5, 60, timezone=ZoneInfo("Asia/Kathmandu"))  # UTC+05:45
    assert kathmandu.should_save_recording(recorded(MIDNIGHT + dt.timedelta(minutes=15)))
    assert not kathmandu.should_save_recording(recorded(MIDNIGHT))


@given(
    st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2040, 1, 1)),
    st.integers(1, 1440),
    st.integers(1, 1440),
)
def test_a_schedule_is_the_minute_of_the_day_modulo_its_frequency(
    instant: dt.datetime, duration: int, frequency: int
) -> None:
    minute = instant.hour * 60 + instant.minute
    kept = FrequencySchedule(duration, frequency).should_save_recording(
        recorded(instant.replace(tzinfo=dt.UTC))
    )
    assert kept is (minute % frequency < duration)


@pytest.mark.parametrize("frequency", [0, -5])
def test_a_frequency_that_never_comes_is_refused(frequency: Any) -> None:
    with pytest.raises(ParameterError, match="above 0"):
        FrequencySchedule(5, frequency)
