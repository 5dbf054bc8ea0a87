"""Whether models failed on all that was recorded of late."""

from pathlib import Path

from acoupi.components.stores.sqlite.listing import read_metadata
from acoupi.components.stores.sqlite.unheard import ASKED_FOR
from acoupi.components.types import FILE_IS_GONE

__all__ = ["find_failing"]

FEW = 3
"""One recording may be at fault itself; so many in a row are not."""

# Beside one maximum, and no more, SQLite takes what else is selected from its row.
LATEST = """
SELECT microphone, max(datetime), reason FROM (
    SELECT microphone, datetime, state, reason,
        row_number() OVER (PARTITION BY microphone ORDER BY datetime DESC) AS nth
    FROM (
        SELECT id, microphone, datetime FROM recording
        WHERE deployment_id = (SELECT id FROM deployment ORDER BY started_on DESC LIMIT 1)
        ORDER BY datetime DESC LIMIT 1000
    ) AS recent JOIN processing ON processing.recording_id = recent.id
    WHERE state = 'done' OR (state <> 'skipped' AND reason NOT IN ('', :asked_for, :gone))
)
WHERE nth <= :few GROUP BY microphone
HAVING count(*) = :few AND sum(state = 'done') = 0 ORDER BY microphone
"""


def find_failing(db_path: Path) -> str | None:
    """Say why none of a microphone's latest recordings could be analysed; None if one was.

    Raises
    ------
    MetadataStoreError
        If the file cannot be read.
    """
    values = {"asked_for": ASKED_FOR, "gone": FILE_IS_GONE, "few": FEW}
    with read_metadata(db_path) as connection:
        rows = [] if connection is None else connection.execute(LATEST, values).fetchall()
    return "; ".join(_describe(row["microphone"], row["reason"]) for row in rows) or None


def _describe(microphone: str, reason: str) -> str:
    whose = f" of {microphone}" if microphone else ""
    return f"the last {FEW} recordings{whose} could not be analysed: {reason}"
