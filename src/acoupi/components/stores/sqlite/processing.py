"""How far the processing of each recording has come."""

import sqlite3
from pathlib import Path

from acoupi._clock import utc_now
from acoupi.components.stores.sqlite.queries import find_recordings
from acoupi.components.stores.sqlite.rows import instant_text
from acoupi.components.stores.sqlite.where import Where
from acoupi.components.stores.sqlite.writing import insert_recording
from acoupi.data import Recording

__all__ = ["begin", "end", "find_failure", "find_unprocessed", "has_ended"]

BEGIN = """
INSERT INTO processing (recording_id, state, attempts, updated_on)
VALUES (:recording_id, 'pending', 1, :now)
ON CONFLICT (recording_id) DO UPDATE SET attempts = attempts + 1, updated_on = :now
RETURNING attempts
"""

END = """
INSERT INTO processing (recording_id, state, reason, updated_on)
VALUES (:recording_id, :state, :reason, :now)
ON CONFLICT (recording_id) DO UPDATE SET
    state = :state, reason = :reason, updated_on = :now
"""

HAS_ENDED = "SELECT 1 FROM processing WHERE recording_id = ? AND state <> 'pending'"

FAILURE = "SELECT reason FROM processing WHERE recording_id = ? AND state = 'failed'"

IS_UNPROCESSED = """
    path IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM processing
        WHERE processing.recording_id = recording.id AND processing.state <> ?
    )
"""

IS_IN_FOLDER = "instr(path, ?) = 1"


def begin(connection: sqlite3.Connection, recording: Recording) -> int:
    """Note one more attempt, and return how many there have been."""
    insert_recording(connection, recording)
    values = {"recording_id": recording.id.bytes, "now": instant_text(utc_now())}
    return int(connection.execute(BEGIN, values).fetchall()[0]["attempts"])


def end(connection: sqlite3.Connection, recording: Recording, state: str, reason: str) -> None:
    """Note how processing ended."""
    insert_recording(connection, recording)
    connection.execute(
        END,
        {
            "recording_id": recording.id.bytes,
            "state": state,
            "reason": reason,
            "now": instant_text(utc_now()),
        },
    )


def has_ended(connection: sqlite3.Connection, recording: Recording) -> bool:
    """Tell whether processing has ended, one way or another."""
    return connection.execute(HAS_ENDED, (recording.id.bytes,)).fetchone() is not None


def find_failure(connection: sqlite3.Connection, recording: Recording) -> str | None:
    """Return why processing was given up; None if it was not."""
    row = connection.execute(FAILURE, (recording.id.bytes,)).fetchone()
    return None if row is None else str(row["reason"])


def find_unprocessed(
    connection: sqlite3.Connection, limit: int, folder: Path | None = None
) -> list[Recording]:
    """Return recordings with a file whose processing has not ended, oldest first."""
    where = Where().holds(IS_UNPROCESSED, "pending")
    if folder is not None:
        where = where.holds(IS_IN_FOLDER, f"{folder}/")
    return find_recordings(connection, where, limit)
