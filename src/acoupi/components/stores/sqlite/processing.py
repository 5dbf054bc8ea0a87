"""How far the processing of each recording has come; the caller holds the transaction."""

import datetime as dt
import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path
from uuid import UUID

from acoupi._claims import Claims, Owner
from acoupi._clock import utc_now
from acoupi._sqlite import chunked
from acoupi.components.stores.sqlite.progress import ProcessingState, Progress
from acoupi.components.stores.sqlite.queries import find_recordings
from acoupi.components.stores.sqlite.rows import bound, instant_text
from acoupi.components.stores.sqlite.unheard import ASKED_FOR, IS_UNHEARD
from acoupi.components.stores.sqlite.where import Where
from acoupi.components.stores.sqlite.writing import insert_recording
from acoupi.components.types import UNOPENED
from acoupi.data import Recording
from acoupi.errors import ClaimedError

__all__ = [
    "begin",
    "end",
    "explain",
    "fail",
    "find_failure",
    "find_unprocessed",
    "has_ended",
    "lose",
    "postpone",
    "retry_failed",
    "retry_unopened",
]

PROGRESS = "SELECT * FROM processing WHERE recording_id = ?"

REPLACE = """
INSERT INTO processing
    (recording_id, state, attempts, failures, reason, owner, next_attempt_on, updated_on)
VALUES
    (:recording_id, :state, :attempts, :failures, :reason, :owner, :next_attempt_on, :updated_on)
ON CONFLICT (recording_id) DO UPDATE SET
    state = :state, attempts = :attempts, failures = :failures, reason = :reason,
    owner = :owner, next_attempt_on = :next_attempt_on, updated_on = :updated_on
"""

EXPLAIN = """
UPDATE processing SET reason = ? WHERE state = 'pending' AND instr(owner, ?) = 1
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

RETRY = f"""
UPDATE processing SET
    state = 'pending', attempts = 0, failures = 0, reason = '{ASKED_FOR}', updated_on = ?,
    owner = NULL, next_attempt_on = NULL, rung_on = NULL
WHERE {IS_UNHEARD}
    AND EXISTS (SELECT 1 FROM recording WHERE id = recording_id AND path IS NOT NULL)
"""  # noqa: S608 - put together from constants

# Few rows have a reason, and those that have are found by an index.
RETRY_UNOPENED = f"{RETRY} AND reason <> '' AND instr(reason, ?) > 0"


def begin(connection: sqlite3.Connection, recording: Recording, claims: Claims) -> int:
    """Claim a recording for this process, and return how many attempts have begun."""
    insert_recording(connection, recording)
    now, row = utc_now(), _row(connection, recording)
    if _is_leased(row, now) or not claims.take(recording.id):
        raise ClaimedError(
            f"the recording {recording.id} is being processed by another process",
            help="wait until that has ended",
        )
    after = _progress_of(row).begun(str(Owner.this_process()))
    if after.state != "pending":
        claims.release(recording.id)
    _replace(connection, recording, after, now)
    return after.attempts


def fail(connection: sqlite3.Connection, recording: Recording, reason: str) -> bool:
    """Note that an attempt failed, and tell whether there will be another."""
    insert_recording(connection, recording)
    now = utc_now()
    after = _progress_of(_row(connection, recording)).failed(reason, now)
    _replace(connection, recording, after, now)
    return after.state == "pending"


def postpone(connection: sqlite3.Connection, recording: Recording, reason: str) -> None:
    """Note that an attempt was in vain, and does not count."""
    now = utc_now()
    after = _progress_of(_row(connection, recording)).postponed(reason, now)
    _replace(connection, recording, after, now)


def explain(connection: sqlite3.Connection, pids: Collection[int], reason: str) -> None:
    """Note why processes ended with what they had begun and not ended."""
    here = Owner.this_process()
    for pid in pids:
        connection.execute(EXPLAIN, (reason, f"{here.machine}/{here.boot}/{pid}/"))


def end(
    connection: sqlite3.Connection, recording: Recording, state: ProcessingState, reason: str
) -> None:
    """Note how processing ended."""
    insert_recording(connection, recording)
    after = _progress_of(_row(connection, recording)).ended(state, reason)
    _replace(connection, recording, after, utc_now())


def lose(connection: sqlite3.Connection, recording: Recording, reason: str) -> None:
    """Note why a recording has no file, however far it has come."""
    insert_recording(connection, recording)
    before = _progress_of(_row(connection, recording))
    _replace(connection, recording, before.lost(reason), utc_now())


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


def retry_failed(connection: sqlite3.Connection, ids: Sequence[UUID] | None) -> int:
    """Let those that nobody heard, and that still have a file, be tried from the start."""
    now = instant_text(utc_now())
    if ids is None:
        return connection.execute(RETRY, (now,)).rowcount
    n_retried = 0
    for some in chunked([id_.bytes for id_ in dict.fromkeys(ids)]):
        marks = ", ".join("?" * len(some))
        query = f"{RETRY} AND recording_id IN ({marks})"
        n_retried += connection.execute(query, (now, *some)).rowcount
    return n_retried


def retry_unopened(connection: sqlite3.Connection) -> int:
    """Let those be tried from the start for which a model could not be opened."""
    return connection.execute(RETRY_UNOPENED, (instant_text(utc_now()), UNOPENED)).rowcount


def _row(connection: sqlite3.Connection, recording: Recording) -> sqlite3.Row | None:
    return connection.execute(PROGRESS, (recording.id.bytes,)).fetchone()


def _progress_of(row: sqlite3.Row | None) -> Progress:
    if row is None:
        return Progress()
    following = row["next_attempt_on"]
    return Progress(
        state=row["state"],
        attempts=row["attempts"],
        failures=row["failures"],
        reason=row["reason"],
        owner=row["owner"],
        next_attempt_on=None if following is None else _instant(following),
    )


def _is_leased(row: sqlite3.Row | None, now: dt.datetime) -> bool:
    if row is None or row["owner"] is None:
        return False
    return Claims.is_leased(Owner.parse(row["owner"]), _instant(row["updated_on"]), now)


def _replace(
    connection: sqlite3.Connection, recording: Recording, progress: Progress, now: dt.datetime
) -> None:
    connection.execute(
        REPLACE,
        {
            "recording_id": recording.id.bytes,
            "state": progress.state,
            "attempts": progress.attempts,
            "failures": progress.failures,
            "reason": progress.reason,
            "owner": progress.owner,
            "next_attempt_on": bound(progress.next_attempt_on),
            "updated_on": instant_text(now),
        },
    )


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
