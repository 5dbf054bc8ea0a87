"""Messages as people list them, read without changing anything."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast
from uuid import UUID

from acoupi._sqlite import reading
from acoupi.components.message_stores.sqlite.rows import instant_text, message_of
from acoupi.components.message_stores.sqlite.schema import MIGRATIONS
from acoupi.data import Message
from acoupi.errors import MessageStoreError

__all__ = ["MessageLine", "MessageState", "count_messages", "list_messages"]

MessageState = Literal["waiting", "delivered", "refused"]

# Who delivers is known to the program only: a message counts as delivered when
# nobody who has tried it is still waiting, or was refused.
MESSAGES = """
SELECT
    created_on AS instant, message.rowid AS ordinal, message.*,
    coalesce((SELECT sum(attempts) FROM delivery WHERE message_id = message.id), 0) AS attempts,
    (SELECT max(last_error) FROM delivery WHERE message_id = message.id) AS last_error,
    CASE
        WHEN EXISTS (
            SELECT 1 FROM response
            WHERE message_id = message.id AND status = 0 AND response.messenger IS NULL
        ) THEN 'delivered'
        WHEN EXISTS (
            SELECT 1 FROM delivery WHERE message_id = message.id AND state = 'waiting'
        ) THEN 'waiting'
        WHEN EXISTS (
            SELECT 1 FROM delivery
            WHERE message_id = message.id AND state IN ('refused', 'expired')
        ) THEN 'refused'
        WHEN EXISTS (SELECT 1 FROM delivery WHERE message_id = message.id) THEN 'delivered'
        ELSE 'waiting'
    END AS state
FROM message
"""

CHOSEN = f"""
SELECT * FROM ({MESSAGES})
WHERE (:since IS NULL OR instant >= :since) AND (:until IS NULL OR instant < :until)
    AND (:state IS NULL OR state = :state)
"""  # noqa: S608 - put together from constants

ALL = f"{CHOSEN} ORDER BY instant, ordinal"
NEWEST = f"{CHOSEN} ORDER BY instant DESC, ordinal DESC LIMIT :limit"
NEWEST_LAST = f"SELECT * FROM ({NEWEST}) ORDER BY instant, ordinal"  # noqa: S608
COUNTS = f"SELECT state, count(*) FROM ({MESSAGES}) GROUP BY state"  # noqa: S608


@dataclass(frozen=True)
class MessageLine:
    """One message, and how far it has come."""

    created_on: dt.datetime
    state: MessageState
    type: str
    attempts: int
    last_error: str
    content: str | bytes
    id: UUID


def list_messages(
    db_path: Path,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    limit: int | None = None,
    state: MessageState | None = None,
) -> Iterator[MessageLine]:
    """List messages, oldest first; with a limit, the newest of them."""
    values = {
        "since": None if since is None else instant_text(since),
        "until": None if until is None else instant_text(until),
        "state": state,
        "limit": limit,
    }
    with reading(db_path, len(MIGRATIONS), MessageStoreError) as connection:
        if connection is not None:
            rows = connection.execute(ALL if limit is None else NEWEST_LAST, values)
            yield from map(_line_of, rows)


def count_messages(db_path: Path) -> dict[MessageState, int]:
    """Count the messages in each state; a state without any is left out."""
    with reading(db_path, len(MIGRATIONS), MessageStoreError) as connection:
        rows = [] if connection is None else connection.execute(COUNTS).fetchall()
    return cast("dict[MessageState, int]", {row[0]: row[1] for row in rows})


def _line_of(row: sqlite3.Row) -> MessageLine:
    message: Message = message_of(row)
    return MessageLine(
        created_on=message.created_on,
        state=row["state"],
        type="" if message.message_type is None else message.message_type.value,
        attempts=row["attempts"],
        last_error=row["last_error"] or "",
        content=message.content,
        id=message.id,
    )
