"""How a store stands, in a few queries that do not get slower with the season."""

import datetime as dt
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from acoupi.components.stores.sqlite.listing import read_metadata
from acoupi.components.stores.sqlite.rows import instant_text
from acoupi.components.stores.sqlite.unheard import count_left
from acoupi.components.stores.sqlite.withheld import last_withheld_on
from acoupi.components.types import FILE_IS_GONE

__all__ = ["StoreGlance", "glance_at_store", "share_kept"]

FOR_EVER = "9999"

NEWEST = """
SELECT id, datetime AS instant, duration_s, path FROM recording
WHERE datetime <= :until ORDER BY datetime DESC, rowid DESC LIMIT 1
"""

# A range, since an index can serve it; "0" is the character after "/".
BACKLOG = """
SELECT count(*) FROM recording
LEFT JOIN processing ON processing.recording_id = recording.id
WHERE path >= :folder || '/' AND path < :folder || '0'
    AND coalesce(processing.state, 'pending') = 'pending'
"""

FAILED = "SELECT count(*) FROM processing WHERE state = 'failed' AND reason <> :gone"

LOST = """
SELECT count(*) FROM processing JOIN recording ON recording.id = processing.recording_id
WHERE reason <> '' AND reason = :gone AND path IS NULL
"""

DECIDED = """
SELECT count(path), count(*) FROM recording
WHERE NOT (coalesce(path, '') >= :folder || '/' AND coalesce(path, '') < :folder || '0')
"""


@dataclass(frozen=True)
class StoreGlance:
    """What is waiting, what failed, and what was recorded last."""

    last_id: UUID | None = None
    last_started_on: dt.datetime | None = None
    last_duration_s: float = 0.0
    last_path: Path | None = None
    last_withheld_on: dt.datetime | None = None
    """When something was last heard, after that, that was not to be kept."""

    n_backlog: int = 0
    """Recordings that wait for a model."""

    n_failed: int = 0
    """Recordings whose processing was given up."""

    n_lost: int = 0
    """Recordings whose file is gone."""

    n_unheard: int = 0
    """Recordings that were left because the sensor did not keep up."""

    @property
    def last_ended_on(self) -> dt.datetime | None:
        """When the last sample in the store was heard."""
        if self.last_started_on is None:
            return None
        return self.last_started_on + dt.timedelta(seconds=self.last_duration_s)

    @property
    def last_heard_on(self) -> dt.datetime | None:
        """When the last sample was heard, kept or not."""
        return self.last_withheld_on or self.last_ended_on


def glance_at_store(
    db_path: Path, waiting_dir: Path, now: dt.datetime | None = None
) -> StoreGlance:
    """Look at a store without changing it; of one that is not there, all is nothing.

    Parameters
    ----------
    db_path
        The store.
    waiting_dir
        Where recordings wait until it is decided what to keep.
    now
        What was recorded later, by a clock that was wrong, is not the last recording.
    """
    with read_metadata(db_path) as connection:
        if connection is None:
            return StoreGlance()
        found = StoreGlance(
            n_backlog=_count(connection, BACKLOG, {"folder": str(waiting_dir)}),
            n_failed=_count(connection, FAILED, {"gone": FILE_IS_GONE}),
            n_lost=_count(connection, LOST, {"gone": FILE_IS_GONE}),
            n_unheard=count_left(connection),
        )
        until = FOR_EVER if now is None else instant_text(now)
        newest = connection.execute(NEWEST, {"until": until}).fetchone()
        found = found if newest is None else _with_newest(found, newest)
        withheld_on = last_withheld_on(connection, found.last_ended_on, until)
    return replace(found, last_withheld_on=withheld_on)


def share_kept(db_path: Path, waiting_dir: Path) -> float | None:
    """Return which share of the recordings that were decided about was kept; None if none was."""
    with read_metadata(db_path) as connection:
        if connection is None:
            return None
        kept, decided = connection.execute(DECIDED, {"folder": str(waiting_dir)}).fetchone()
    return kept / decided if decided else None


def _count(connection: sqlite3.Connection, query: str, values: dict[str, str]) -> int:
    return int(connection.execute(query, values).fetchone()[0])


def _with_newest(found: StoreGlance, row: sqlite3.Row) -> StoreGlance:
    return replace(
        found,
        last_id=UUID(bytes=row["id"]),
        last_started_on=dt.datetime.fromisoformat(row["instant"]),
        last_duration_s=row["duration_s"],
        last_path=None if row["path"] is None else Path(row["path"]),
    )
