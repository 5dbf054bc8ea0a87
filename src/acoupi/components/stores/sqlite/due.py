"""Which recordings somebody should process now; the caller holds the transaction.

Both halves are served by an index, since this is asked every few seconds for a
whole season: what was begun or asked for has a row in ``processing``, and the
rest lies in the folder of recordings that wait.
"""

import datetime as dt
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from acoupi._claims import Claims, Owner
from acoupi.components.stores.sqlite.progress import LONGEST_WAIT
from acoupi.components.stores.sqlite.queries import find_recordings
from acoupi.components.stores.sqlite.rows import instant_text
from acoupi.components.stores.sqlite.where import Where
from acoupi.data import Recording

__all__ = ["find_due"]

CLAIMED = """
SELECT recording_id, owner, updated_on FROM processing
WHERE state = 'pending' AND owner IS NOT NULL
"""

# An instant that lies further ahead than it can have been set for is from before a step
# of the clock, and holds nothing up.
BEGUN = """
SELECT recording.id, recording.datetime FROM processing
JOIN recording ON recording.id = processing.recording_id
WHERE state = 'pending' AND path IS NOT NULL
    AND hex(recording_id) NOT IN (SELECT value FROM json_each(:held))
    AND (next_attempt_on IS NULL OR next_attempt_on <= :now OR next_attempt_on > :latest)
    AND (rung_on IS NULL OR rung_on <= :rung_before OR rung_on > :now)
"""

NEW = """
SELECT id, datetime FROM recording
WHERE path IS NOT NULL {in_folder}
    AND NOT EXISTS (SELECT 1 FROM processing WHERE recording_id = recording.id)
"""

# A range, since an index can serve it; "0" is the character after "/".
IN_FOLDER = "AND path >= :folder || '/' AND path < :folder || '0'"

DUE = "{begun} UNION ALL {new} ORDER BY datetime LIMIT :limit"

RING = """
INSERT INTO processing (recording_id, state, rung_on, updated_on)
VALUES (:id, 'pending', :now, :now)
ON CONFLICT (recording_id) DO UPDATE SET rung_on = :now
"""


def find_due(
    connection: sqlite3.Connection,
    claims: Claims,
    now: dt.datetime,
    ring_again: dt.timedelta,
    limit: int,
    folder: Path | None,
) -> list[Recording]:
    """Return recordings that nobody is at and that need not wait, and note the asking."""
    new = NEW.format(in_folder="" if folder is None else IN_FOLDER)
    values = {
        "now": instant_text(now),
        "latest": instant_text(now + LONGEST_WAIT),
        "rung_before": instant_text(now - ring_again),
        "held": json.dumps(_held(connection, claims, now)),
        "folder": str(folder),
        "limit": limit,
    }
    rows = connection.execute(DUE.format(begun=BEGUN, new=new), values).fetchall()
    _ring(connection, [row["id"] for row in rows], now)
    ids = [UUID(bytes=row["id"]) for row in rows]
    return find_recordings(connection, Where().among("recording.id", ids))


def _held(connection: sqlite3.Connection, claims: Claims, now: dt.datetime) -> list[str]:
    """Return which recordings a process that lives is at."""
    held: list[str] = []
    for row in connection.execute(CLAIMED):
        id_, owner = UUID(bytes=row["recording_id"]), Owner.parse(row["owner"])
        since = dt.datetime.fromisoformat(row["updated_on"])
        if claims.is_held(id_) or claims.is_leased(owner, since, now):
            held.append(id_.hex.upper())
    return held


def _ring(connection: sqlite3.Connection, ids: Sequence[bytes], now: dt.datetime) -> None:
    connection.executemany(RING, [{"id": id_, "now": instant_text(now)} for id_ in ids])
