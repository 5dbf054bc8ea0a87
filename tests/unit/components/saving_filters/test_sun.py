import datetime as dt
import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from acoupi.components import (
    After_DawnDuskTimeInterval,
    AfterDawnDusk,
    Before_DawnDuskTimeInterval,
    BeforeDawnDusk,
    solar,
)

GREENWICH = {"latitude": 51.4769, "longitude": 0.0}
LIMA = {"latitude": -12.05, "longitude": -77.04}
TOKYO = {"latitude": 35.68, "longitude": 139.69}
TROMSO = {"latitude": 69.65, "longitude": 18.96}
EQUINOX = dt.datetime(2024, 3, 20, tzinfo=dt.UTC)
BEFORE, AFTER = BeforeDawnDusk(30, dt.UTC), AfterDawnDusk(30, dt.UTC)


@pytest.fixture(autouse=True)
def _warn_afresh() -> None:
    solar.warn_no_place.cache_clear()


def kept_hours(saving_filter: Any, make_recording: Any, day: dt.datetime, place: Any) -> set[int]:
    instants = [day + dt.timedelta(minutes=n) for n in range(0, 1440, 5)]
    return {
        instant.hour
        for instant in instants
        if saving_filter.should_save_recording(make_recording(instant, **place))
    }


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        (GREENWICH, {5, 18}, {5, 18, 19}),
        (LIMA, {10, 23}, {10, 11, 23, 0}),
        (TOKYO, {8, 9, 19, 20}, {9, 20}),
    ],
)
def test_dawn_and_dusk_are_those_of_the_deployment(
    make_recording: Any, place: Any, before: set[int], after: set[int]
) -> None:
    assert kept_hours(BEFORE, make_recording, EQUINOX, place) == before
    assert kept_hours(AFTER, make_recording, EQUINOX, place) == after


def test_dusk_just_before_midnight_counts_after_midnight(make_recording: Any) -> None:
    # in Lima the dusk of the equinox is at 23:39 UTC
    midnight = EQUINOX + dt.timedelta(days=1)
    recording = make_recording(midnight + dt.timedelta(minutes=5), **LIMA)
    assert AFTER.should_save_recording(recording)


@pytest.mark.parametrize("saving_filter", [BEFORE, AFTER])
def test_a_polar_day_keeps_nothing(make_recording: Any, saving_filter: Any) -> None:
    june = dt.datetime(2024, 6, 21, tzinfo=dt.UTC)
    assert kept_hours(saving_filter, make_recording, june, TROMSO) == set()


def test_a_polar_night_has_its_twilight(make_recording: Any) -> None:
    december = dt.datetime(2024, 12, 21, tzinfo=dt.UTC)
    assert kept_hours(AFTER, make_recording, december, TROMSO) == {8, 9, 12, 13}


def test_before_ends_where_after_begins(make_recording: Any) -> None:
    (_, dawn, _), _ = solar.sun_events(EQUINOX, solar.Place(**GREENWICH))
    last = make_recording(dawn - dt.timedelta(microseconds=1), **GREENWICH)
    first = make_recording(dawn, **GREENWICH)
    assert [BEFORE.should_save_recording(r) for r in (last, first)] == [True, False]
    assert [AFTER.should_save_recording(r) for r in (last, first)] == [False, True]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC)),
    st.floats(-90, 90),
    st.floats(-180, 180),
)
def test_every_place_and_instant_is_answered(
    make_recording: Any, instant: dt.datetime, latitude: float, longitude: float
) -> None:
    recording = make_recording(instant, latitude=latitude, longitude=longitude)
    assert BEFORE.should_save_recording(recording) in {True, False}
    assert AFTER.should_save_recording(recording) in {True, False}


def test_without_coordinates_nothing_is_kept_and_one_warning_says_so(
    make_recording: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for hour in range(24):
            recording = make_recording(EQUINOX + dt.timedelta(hours=hour))
            assert not BeforeDawnDusk(60, dt.UTC).should_save_recording(recording)
    assert len(caplog.records) == 1
    assert "BeforeDawnDusk" in caplog.text


def test_the_old_names_are_the_new_ones() -> None:
    assert Before_DawnDuskTimeInterval is BeforeDawnDusk
    assert After_DawnDuskTimeInterval is AfterDawnDusk
