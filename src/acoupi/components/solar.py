"""When the sun rises through dawn and sinks through dusk at a place.

Dawn and dusk are civil: the centre of the sun stands 6° below the horizon.
Where it stays above or below that all day, the day has no such event.
"""

import datetime as dt
import functools
import logging
from dataclasses import dataclass
from typing import NamedTuple

from acoupi.data import Deployment

__all__ = ["Place", "SunEvents", "sun_events", "warn_no_place"]

logger = logging.getLogger(__name__)

DEPRESSION_DEG = 6.0
HALF_DAY = dt.timedelta(hours=12)
PRECISION = dt.timedelta(milliseconds=100)


@dataclass(frozen=True)
class Place:
    """A point on Earth, in degrees north and east."""

    latitude: float
    longitude: float

    @classmethod
    def of(cls, latitude: float | None, longitude: float | None) -> "Place | None":
        """Make a place, or None where a coordinate is not known."""
        return None if latitude is None or longitude is None else cls(latitude, longitude)

    @classmethod
    def of_deployment(cls, deployment: Deployment) -> "Place | None":
        """Return where a deployment is, or None if it does not say."""
        return cls.of(deployment.latitude, deployment.longitude)


class SunEvents(NamedTuple):
    """Dawns and dusks, in order, in UTC."""

    dawns: list[dt.datetime]
    dusks: list[dt.datetime]


def sun_events(instant: dt.datetime, place: Place) -> SunEvents:
    """Return the dawns and dusks of the solar days around an instant.

    Those of the day it lies in and of both neighbours, so that an event just
    across midnight is among them. Polar days and nights add none.
    """
    today = instant.astimezone(dt.UTC).date()
    days = [_solar_day(today + dt.timedelta(days=n), place) for n in (-1, 0, 1)]
    return SunEvents([d for d, _ in days if d is not None], [d for _, d in days if d is not None])


@functools.cache
def warn_no_place(who: str) -> None:
    """Say once that somebody needs coordinates and has none."""
    logger.warning(
        "%s needs the deployment's latitude and longitude; without them there is no dawn or dusk",
        who,
    )


@functools.lru_cache(maxsize=16)
def _solar_day(day: dt.date, place: Place) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return the dawn before and the dusk after the noon of a day."""
    noon = _solar_noon(day, place.longitude)
    return _crossing(noon - HALF_DAY, noon, place), _crossing(noon + HALF_DAY, noon, place)


def _solar_noon(day: dt.date, longitude: float) -> dt.datetime:
    from astral.julian import julianday, julianday_to_juliancentury
    from astral.sun import eq_of_time

    equation_min = eq_of_time(julianday_to_juliancentury(julianday(day)))
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    return noon - dt.timedelta(minutes=4 * longitude + equation_min)


def _crossing(night: dt.datetime, noon: dt.datetime, place: Place) -> dt.datetime | None:
    """Halve the stretch between midnight and noon until it is the instant of the event."""
    if _is_light(night, place) or not _is_light(noon, place):
        return None
    dark, light = night, noon
    while abs(light - dark) > PRECISION:
        middle = dark + (light - dark) / 2
        dark, light = (dark, middle) if _is_light(middle, place) else (middle, light)
    return light


def _is_light(instant: dt.datetime, place: Place) -> bool:
    from astral import Observer
    from astral.sun import elevation

    observer = Observer(place.latitude, place.longitude)
    return elevation(observer, instant, with_refraction=False) >= -DEPRESSION_DEG
