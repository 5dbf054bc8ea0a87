"""Recordings that nobody heard, and those that wait to be; the caller holds the connection."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from acoupi.components.types import NOT_KEPT_UP
from acoupi.data import Deployment, Recording
from acoupi.data.account import Recorded

__all__ = [
    "ASKED_FOR",
    "IS_LEFT",
    "IS_UNHEARD",
    "count_left",
    "find_reason",
    "find_unheard",
    "find_waiting_sound",
    "is_asked_for",
]

ASKED_FOR = "asked for again"
"""The reason of one that waits although it was set aside or left."""

IS_LEFT = f"""(
    processing.reason <> '' AND processing.state = 'skipped'
    AND processing.reason GLOB '{NOT_KEPT_UP}*'
)"""

IS_UNHEARD = f"(processing.state = 'failed' OR {IS_LEFT})"

LEFT = f"SELECT count(*) FROM processing WHERE {IS_LEFT}"  # noqa: S608 - put together from constants

REASON = f"SELECT reason FROM processing WHERE recording_id = ? AND {IS_UNHEARD}"  # noqa: S608

ASKED = "SELECT 1 FROM processing WHERE recording_id = ? AND state = 'pending' AND reason = ?"

# A cross join keeps SQLite to this order: few rows have a reason, and a season has many others.
UNHEARD = f"""
SELECT datetime, duration_s, state, reason FROM processing
CROSS JOIN recording ON recording.id = processing.recording_id
WHERE reason <> '' AND {IS_UNHEARD} AND deployment_id = :id AND microphone = :microphone
    AND datetime >= :since AND datetime < :until
ORDER BY datetime
"""  # noqa: S608

# A range, since an index can serve it; "0" is the character after "/".
WAITING = """
SELECT datetime, duration_s FROM recording
LEFT JOIN processing ON processing.recording_id = recording.id
WHERE path >= :folder || '/' AND path < :folder || '0'
    AND coalesce(processing.state, 'pending') = 'pending'
    AND coalesce(processing.reason, '') <> :asked_for
ORDER BY datetime
"""


def count_left(connection: sqlite3.Connection) -> int:
    """Count recordings that were left because the sensor did not keep up."""
    return int(connection.execute(LEFT).fetchone()[0])


def find_reason(connection: sqlite3.Connection, recording: Recording) -> str | None:
    """Return why nobody heard a recording; None if that is not so."""
    row = connection.execute(REASON, (recording.id.bytes,)).fetchone()
    return None if row is None else str(row["reason"])


def is_asked_for(connection: sqlite3.Connection, recording: Recording) -> bool:
    """Tell whether a recording waits because somebody asked for it again."""
    return connection.execute(ASKED, (recording.id.bytes, ASKED_FOR)).fetchone() is not None


def find_waiting_sound(
    connection: sqlite3.Connection, folder: Path
) -> list[tuple[dt.datetime, float]]:
    """Return when each recording in a folder that waits began, and its length; oldest first."""
    values = {"folder": str(folder), "asked_for": ASKED_FOR}
    return [(_instant(text), length_s) for text, length_s in connection.execute(WAITING, values)]


def find_unheard(
    connection: sqlite3.Connection,
    deployment: Deployment,
    microphone: str,
    since: str,
    until: str,
) -> Iterator[Recorded]:
    """Yield what nobody heard of a deployment, and why; instants are as the store writes them."""
    values = {
        "id": deployment.id.bytes,
        "microphone": microphone,
        "since": since,
        "until": until,
    }
    for text, length_s, state, reason in connection.execute(UNHEARD, values):
        started_on = _instant(text)
        ended_on = started_on + dt.timedelta(seconds=length_s)
        yield Recorded(started_on, ended_on, _in_short(state, reason))


def _in_short(state: str, reason: str) -> str:
    """Say what many recordings have in common; each says the rest itself."""
    return f"set aside: {reason.partition(':')[0]}" if state == "failed" else reason


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
