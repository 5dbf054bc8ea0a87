"""That a species was heard."""

import datetime as dt
from dataclasses import dataclass

__all__ = ["Heard"]


@dataclass(frozen=True, order=True)
class Heard:
    """That a species was heard at an instant."""

    on: dt.datetime
    species: str
