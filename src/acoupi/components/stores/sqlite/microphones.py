"""Which microphones a store knows, and how each stands; as quick late in a season as early."""

import datetime as dt
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from acoupi.components.stores.sqlite.listing import read_metadata
from acoupi.components.stores.sqlite.rows import instant_text
from acoupi.components.stores.sqlite.withheld import last_withheld_on

__all__ = ["find_microphones", "last_ended_by_microphone"]

# From name to name along the index, without a look at what is between.
NAMES = """
WITH RECURSIVE found (microphone) AS (
    SELECT min(microphone) FROM recording
    UNION ALL
    SELECT (SELECT min(microphone) FROM recording WHERE microphone > found.microphone)
    FROM found WHERE found.microphone IS NOT NULL
)
SELECT microphone FROM found WHERE microphone IS NOT NULL
"""

NEWEST = """
SELECT datetime, duration_s FROM recording
WHERE microphone = :microphone AND datetime <= :now ORDER BY datetime DESC LIMIT 1
"""


def find_microphones(db_path: Path) -> list[str]:
    """Return the microphones that recorded, by name; a store with one may have the name ``""``."""
    with read_metadata(db_path) as connection:
        return [] if connection is None else [name for (name,) in connection.execute(NAMES)]


def last_ended_by_microphone(
    db_path: Path, names: Iterable[str], now: dt.datetime
) -> dict[str, dt.datetime | None]:
    """Return when the last sample of each was heard, kept or not; None: never.

    What was heard later than ``now``, by a clock that was wrong, does not count.
    """
    with read_metadata(db_path) as connection:
        return {name: connection and _last_ended_on(connection, name, now) for name in names}


def _last_ended_on(
    connection: sqlite3.Connection, name: str, now: dt.datetime
) -> dt.datetime | None:
    values = {"microphone": name, "now": instant_text(now)}
    row = connection.execute(NEWEST, values).fetchone()
    ended_on = row and dt.datetime.fromisoformat(row["datetime"])
    if ended_on is not None:
        ended_on += dt.timedelta(seconds=row["duration_s"])
    return last_withheld_on(connection, ended_on, values["now"], name) or ended_on
