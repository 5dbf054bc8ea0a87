"""When and where BirdNET is asked which species to expect."""

import datetime as dt
from dataclasses import dataclass

from acoupi.data import Recording

__all__ = ["Place", "place_of", "week_of"]

WEEKS_A_MONTH = 4
WEEK_DAYS = 7


@dataclass(frozen=True)
class Place:
    """A place at a time of the year."""

    latitude: float
    longitude: float
    week: int
    """From 1 to 48, four a month; the last of a month is the longest."""


def week_of(day: dt.date) -> int:
    """Return the week of the year, of which BirdNET's has 48."""
    of_month = min((day.day - 1) // WEEK_DAYS, WEEKS_A_MONTH - 1)
    return (day.month - 1) * WEEKS_A_MONTH + of_month + 1


def place_of(recording: Recording) -> Place | None:
    """Return where and when a recording was made; None if its deployment does not say where."""
    deployment = recording.deployment
    if deployment.latitude is None or deployment.longitude is None:
        return None
    return Place(deployment.latitude, deployment.longitude, week_of(recording.created_on.date()))
