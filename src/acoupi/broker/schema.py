"""The tables of the broker's file."""

import sqlite3

__all__ = ["APPLICATION_ID", "VERSION", "create", "is_foreign", "is_ours"]

APPLICATION_ID = 0x61636F75
VERSION = 1

# A private queue has an owner, and goes when its owner does. A claimed message has one too.
TABLES = """
CREATE TABLE listener(name TEXT PRIMARY KEY, namespace TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE exchange(name TEXT PRIMARY KEY, type TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE queue(name TEXT PRIMARY KEY, owner TEXT, auto_delete INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE binding(
    exchange TEXT, routing_key TEXT, pattern TEXT, queue TEXT,
    PRIMARY KEY (exchange, routing_key, queue)
) WITHOUT ROWID;
CREATE TABLE message(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    priority INTEGER NOT NULL,
    owner TEXT,
    redelivered INTEGER NOT NULL DEFAULT 0,
    put_s REAL NOT NULL,
    lifetime_s REAL,
    body TEXT NOT NULL
);
CREATE INDEX message_ready ON message(queue, priority DESC, id) WHERE owner IS NULL;
CREATE INDEX message_claimed ON message(owner) WHERE owner IS NOT NULL;
"""


def create(connection: sqlite3.Connection, reserve_bytes: int = 0) -> None:
    """Make the tables in an empty database, inside a transaction.

    Parameters
    ----------
    connection
        A connection to a database that has no table.
    reserve_bytes
        What the file occupies from the start. As long as that is enough, its
        journal can be emptied into it on a disk that is full.
    """
    for statement in TABLES.split(";"):
        connection.execute(statement)
    connection.execute("CREATE TABLE reserve(body)")
    connection.execute("INSERT INTO reserve VALUES (zeroblob(?))", (reserve_bytes,))
    connection.execute("DROP TABLE reserve")
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={VERSION}")


def is_ours(connection: sqlite3.Connection) -> bool:
    """Tell whether the tables are there, as this version writes them."""
    return _marks(connection) == (APPLICATION_ID, VERSION)


def is_foreign(connection: sqlite3.Connection) -> bool:
    """Tell whether a database holds something that no broker has written."""
    application_id, _ = _marks(connection)
    return application_id != APPLICATION_ID and not is_empty(connection)


def is_empty(connection: sqlite3.Connection) -> bool:
    """Tell whether a database has no table yet."""
    return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def _marks(connection: sqlite3.Connection) -> tuple[int, int]:
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    return application_id, version
