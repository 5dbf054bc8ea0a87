import datetime as dt

import pytest
from astral import Observer
from astral.sun import elevation
from hypothesis import given, settings, strategies as st

from acoupi.components.solar import Place, sun_events
from acoupi.data import Deployment

GREENWICH = Place(51.4769, 0.0)
LIMA = Place(-12.05, -77.04)
TOKYO = Place(35.68, 139.69)
TROMSO = Place(69.65, 18.96)
MINUTE = dt.timedelta(minutes=1)

places = st.builds(
    Place, st.floats(-90, 90, allow_nan=False), st.floats(-180, 180, allow_nan=False)
)
instants = st.datetimes(
    dt.datetime(2015, 1, 1), dt.datetime(2035, 1, 1), timezones=st.just(dt.UTC)
)


def noon(year: int, month: int, day: int) -> dt.datetime:
    return dt.datetime(year, month, day, 12, tzinfo=dt.UTC)


def height_deg(instant: dt.datetime, place: Place) -> float:
    observer = Observer(place.latitude, place.longitude)
    return elevation(observer, instant, with_refraction=False)


@pytest.mark.parametrize(
    ("place", "dawn", "dusk"),
    [
        (GREENWICH, "05:28", "18:47"),
        (LIMA, "10:51", "23:39"),
        (TOKYO, "20:19", "09:18"),
    ],
)
def test_places_have_dawns_and_dusks_of_their_own(place: Place, dawn: str, dusk: str) -> None:
    events = sun_events(noon(2024, 3, 20), place)
    assert dawn in {f"{event:%H:%M}" for event in events.dawns}
    assert dusk in {f"{event:%H:%M}" for event in events.dusks}


@pytest.mark.parametrize("day", [noon(2024, 6, 21), noon(2024, 6, 1)])
def test_a_polar_day_has_no_events(day: dt.datetime) -> None:
    assert sun_events(day, TROMSO) == ([], [])


def test_a_polar_night_with_twilight_still_has_dawn_and_dusk() -> None:
    events = sun_events(noon(2024, 12, 21), TROMSO)
    assert (len(events.dawns), len(events.dusks)) == (3, 3)


def test_a_polar_night_without_twilight_has_no_events() -> None:
    assert sun_events(noon(2024, 12, 21), Place(78.22, 15.65)) == ([], [])


@pytest.mark.parametrize("latitude", [90, -90])
@pytest.mark.parametrize("month", range(1, 13))
def test_the_poles_are_answered(latitude: float, month: int) -> None:
    events = sun_events(noon(2024, month, 21), Place(latitude, 0))
    assert len(events.dawns) <= 1


@settings(deadline=None)
@given(instants, places)
def test_the_sun_crosses_six_degrees_below_the_horizon_upwards_at_dawn(
    instant: dt.datetime, place: Place
) -> None:
    events = sun_events(instant, place)
    for dawn in events.dawns:
        assert height_deg(dawn - MINUTE, place) < -6 <= height_deg(dawn, place) + 0.01
    for dusk in events.dusks:
        assert height_deg(dusk + MINUTE, place) < -6 <= height_deg(dusk, place) + 0.01


@settings(deadline=None, max_examples=30)
@given(instants, st.floats(-60, 60), st.floats(-180, 180))
def test_no_crossing_of_the_day_around_is_missed(
    instant: dt.datetime, latitude: float, longitude: float
) -> None:
    place = Place(latitude, longitude)
    step = dt.timedelta(minutes=10)
    grid = [instant + n * step for n in range(-72, 73)]
    light = [height_deg(moment, place) >= -6 for moment in grid]
    events = sun_events(instant, place)
    for before, after, was, is_ in zip(grid, grid[1:], light, light[1:], strict=False):
        if was != is_:
            candidates = events.dawns if is_ else events.dusks
            assert any(before - MINUTE <= event <= after + MINUTE for event in candidates)


def test_dawn_near_utc_midnight_is_there_every_day() -> None:
    place = Place(0, 85)  # dawn comes minutes before and after midnight, by the equation of time
    dawns = {
        dawn
        for n in range(366)
        for dawn in sun_events(noon(2024, 1, 1) + dt.timedelta(days=n), place).dawns
    }
    gaps = [
        later - earlier for earlier, later in zip(sorted(dawns), sorted(dawns)[1:], strict=False)
    ]
    assert {round(gap / dt.timedelta(hours=1)) for gap in gaps} == {24}
    assert {dawn.hour for dawn in dawns} == {23, 0}


def test_a_place_needs_both_coordinates() -> None:
    assert Place.of_deployment(Deployment(name="half", latitude=3)) is None
    assert Place.of_deployment(Deployment(name="whole", latitude=3, longitude=0)) == Place(3, 0)
