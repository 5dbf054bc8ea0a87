"""The tables, and the steps that lead to them.

Versions 0 to 2 are those of acoupi up to 0.8, whose files are opened and taken along.
"""

import datetime as dt
import sqlite3
from collections.abc import Sequence

from acoupi._sqlite import Migration
from acoupi.components.message_stores.sqlite.rows import instant_text

__all__ = ["MIGRATIONS"]

TABLES = (
    """
    CREATE TABLE IF NOT EXISTS message (
        id BLOB PRIMARY KEY,
        content BLOB NOT NULL,
        created_on TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS response (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        content TEXT,
        message_id BLOB NOT NULL REFERENCES message(id),
        status INTEGER NOT NULL,
        received_on TEXT NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS idx_response_message_id ON response(message_id)",
    "CREATE INDEX IF NOT EXISTS idx_response_status ON response(status)",
)

DELIVERIES = (
    # Text and bytes are both kept as bytes; of older rows it is not known which they were.
    "ALTER TABLE message ADD COLUMN is_text INTEGER",
    "ALTER TABLE response ADD COLUMN messenger TEXT",
    """
    CREATE TABLE delivery (
        message_id BLOB NOT NULL REFERENCES message(id),
        messenger TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'refused', 'expired')),
        attempts INTEGER NOT NULL DEFAULT 0,
        next_attempt_on TEXT,
        last_error TEXT,
        updated_on TEXT NOT NULL,
        PRIMARY KEY (message_id, messenger)
    )
    """,
    "CREATE INDEX idx_message_created_on ON message(created_on)",
    # Nearly all responses are successes: found by status, each message costs a whole scan.
    "DROP INDEX IF EXISTS idx_response_status",
    "UPDATE message SET created_on = as_utc(created_on)",
    "UPDATE response SET received_on = as_utc(received_on)",
)


def _create_tables(connection: sqlite3.Connection) -> None:
    _run(connection, TABLES)


def _tell_kinds_apart(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE message ADD COLUMN message_type TEXT")


def _follow_deliveries(connection: sqlite3.Connection) -> None:
    connection.create_function("as_utc", 1, _as_utc, deterministic=True)
    _run(connection, DELIVERIES)


def _follow_attempts(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE delivery ADD COLUMN begun INTEGER NOT NULL DEFAULT 0")


def _as_utc(text: str) -> str:
    instant = dt.datetime.fromisoformat(text)
    return instant_text(instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC))


def _run(connection: sqlite3.Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        connection.execute(statement)


MIGRATIONS: Sequence[Migration] = (
    _create_tables,
    _tell_kinds_apart,
    _follow_deliveries,
    _follow_attempts,
)
