"""Instants and times of day."""

import datetime as dt
import warnings
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator

__all__ = ["AwareDatetime", "Instant", "TimeInterval"]


def _assume_utc(value: object) -> object:
    """Read an instant without a zone as UTC, and say so."""
    instant = value
    if isinstance(value, str):
        try:
            instant = dt.datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(instant, dt.datetime) and instant.tzinfo is None:
        warnings.warn(f"{instant} has no time zone and is read as UTC", UserWarning, stacklevel=2)
        return instant.replace(tzinfo=dt.UTC)
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_assume_utc)]
"""An aware datetime; one without a zone is taken as UTC, with a warning."""


class TimeInterval(BaseModel):
    """A stretch of the day; it crosses midnight where ``end`` is before ``start``."""

    start: dt.time
    end: dt.time
