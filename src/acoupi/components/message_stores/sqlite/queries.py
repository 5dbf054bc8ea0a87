"""What goes into the outbox and what comes out; the caller holds the connection."""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Sequence
from uuid import UUID

from acoupi._sqlite import chunked
from acoupi.components.message_stores.sqlite.delivery import Delivery
from acoupi.components.message_stores.sqlite.rows import (
    delivery_of,
    delivery_row,
    instant_text,
    message_of,
    message_row,
    response_row,
)
from acoupi.components.types import MessageOrder
from acoupi.data import Message, Response

__all__ = [
    "count_undelivered",
    "find_delivery",
    "find_due",
    "find_unsent",
    "insert_message",
    "insert_response",
    "replace_delivery",
    "retry_refused",
]

INSERT_MESSAGE = """
INSERT INTO message (id, content, is_text, created_on, message_type)
VALUES (:id, :content, :is_text, :created_on, :message_type)
ON CONFLICT (id) DO NOTHING
"""

INSERT_RESPONSE = """
INSERT INTO response (content, message_id, status, received_on, messenger)
VALUES (:content, :message_id, :status, :received_on, :messenger)
"""

REPLACE_DELIVERY = """
INSERT INTO delivery
    (message_id, messenger, state, attempts, next_attempt_on, last_error, begun, updated_on)
VALUES
    (:message_id, :messenger, :state, :attempts, :next_attempt_on, :last_error, :begun,
    :updated_on)
ON CONFLICT (message_id, messenger) DO UPDATE SET
    state = excluded.state, attempts = excluded.attempts,
    next_attempt_on = excluded.next_attempt_on, last_error = excluded.last_error,
    begun = excluded.begun, updated_on = excluded.updated_on
"""

# What was tried so far is forgotten, but not by whom it was delivered.
RETRY = """
UPDATE delivery SET
    state = 'waiting', attempts = 0, begun = 0, next_attempt_on = NULL, last_error = NULL,
    updated_on = ?
WHERE state IN ('refused', 'expired')
"""

DELIVERY = "SELECT * FROM delivery WHERE message_id = ? AND messenger = ?"

UNSENT = """
SELECT * FROM message
WHERE NOT EXISTS (
    SELECT 1 FROM response WHERE message_id = message.id AND status = 0
) AND NOT EXISTS (
    SELECT 1 FROM delivery WHERE message_id = message.id AND state = 'delivered'
)
"""

# A success without a messenger was noted by acoupi 0.8, or by a program that does
# not tell messengers apart; it stands for all of them. An attempt that is yet to come was
# made before the clock was set back, and nobody waits for that time to come round again.
DUE = """
SELECT message.* FROM message
LEFT JOIN delivery ON delivery.message_id = message.id AND delivery.messenger = :messenger
WHERE CASE
    WHEN delivery.state = 'waiting'
        THEN delivery.next_attempt_on IS NULL OR delivery.next_attempt_on <= :now
            OR delivery.updated_on > :now
    WHEN delivery.state IS NULL
        THEN NOT EXISTS (
            SELECT 1 FROM response
            WHERE message_id = message.id AND status = 0 AND response.messenger IS NULL
        )
    ELSE FALSE
END
"""

UNDELIVERED = """
SELECT count(*) FROM message
WHERE (
    SELECT count(*) FROM delivery
    WHERE message_id = message.id AND state <> 'waiting'
        AND messenger IN (SELECT value FROM json_each(:messengers))
) < :n_messengers AND NOT EXISTS (
    SELECT 1 FROM response
    WHERE message_id = message.id AND status = 0 AND response.messenger IS NULL
)
"""

ORDER: dict[MessageOrder, str] = {
    "oldest_first": " ORDER BY message.created_on, message.rowid LIMIT :limit",
    "newest_first": " ORDER BY message.created_on DESC, message.rowid DESC LIMIT :limit",
}


def insert_message(connection: sqlite3.Connection, message: Message) -> None:
    """Add a message unless it is known."""
    connection.execute(INSERT_MESSAGE, message_row(message))


def insert_response(
    connection: sqlite3.Connection, response: Response, messenger: str | None = None
) -> None:
    """Add a response, and its message unless that is known."""
    insert_message(connection, response.message)
    connection.execute(INSERT_RESPONSE, response_row(response, messenger))


def find_delivery(connection: sqlite3.Connection, message: Message, messenger: str) -> Delivery:
    """Return how far a messenger has come with a message."""
    return delivery_of(connection.execute(DELIVERY, (message.id.bytes, messenger)).fetchone())


def replace_delivery(
    connection: sqlite3.Connection,
    delivery: Delivery,
    message: Message,
    messenger: str,
    now: dt.datetime,
) -> None:
    """Note how far a messenger has come with a message."""
    connection.execute(REPLACE_DELIVERY, delivery_row(delivery, message, messenger, now))


def find_unsent(
    connection: sqlite3.Connection, limit: int | None, order: MessageOrder
) -> list[Message]:
    """Return messages that nobody has delivered."""
    rows = connection.execute(UNSENT + ORDER[order], {"limit": -1 if limit is None else limit})
    return [message_of(row) for row in rows]


def find_due(
    connection: sqlite3.Connection,
    messenger: str,
    now: dt.datetime,
    limit: int | None,
    order: MessageOrder,
) -> list[Message]:
    """Return messages that this messenger should try now."""
    values = {
        "messenger": messenger,
        "now": instant_text(now),
        "limit": -1 if limit is None else limit,
    }
    return [message_of(row) for row in connection.execute(DUE + ORDER[order], values)]


def count_undelivered(connection: sqlite3.Connection, messengers: Sequence[str]) -> int:
    """Count messages that some messenger still has to deliver or give up."""
    names = sorted(set(messengers))
    values = {"messengers": json.dumps(names), "n_messengers": len(names)}
    return int(connection.execute(UNDELIVERED, values).fetchone()[0])


def retry_refused(
    connection: sqlite3.Connection, ids: Sequence[UUID] | None, now: dt.datetime
) -> int:
    """Let what was refused be tried from the start, and count the messages."""
    updated_on = instant_text(now)
    if ids is None:
        return _messages_in(connection.execute(f"{RETRY} RETURNING message_id", (updated_on,)))
    n_messages = 0
    for some in chunked([id_.bytes for id_ in dict.fromkeys(ids)]):
        among = f"message_id IN ({', '.join('?' * len(some))})"
        query = f"{RETRY} AND {among} RETURNING message_id"
        n_messages += _messages_in(connection.execute(query, (updated_on, *some)))
    return n_messages


def _messages_in(rows: Iterable[sqlite3.Row]) -> int:
    return len({row["message_id"] for row in rows})
