"""Queues, bindings and messages: every statement on them, and nothing else.

Each function works inside the transaction of the connection it is given.
"""

import sqlite3
from dataclasses import dataclass

from acoupi._clock import monotonic_s

__all__ = [
    "Envelope",
    "Route",
    "Taken",
    "adopt",
    "bind",
    "bindings",
    "declare_exchange",
    "declare_queue",
    "delete_exchange",
    "delete_queue",
    "exchange_type",
    "exchanges",
    "has_expired",
    "is_waiting",
    "owner_of",
    "purge",
    "put",
    "queue_exists",
    "release",
    "routes",
    "settle",
    "size",
    "take",
    "unbind",
]

Route = tuple[str, str, str]
"""Routing key, pattern, queue: as Kombu's exchange types read it."""

PEEK = """
SELECT id, body, redelivered, put_s, lifetime_s FROM message
WHERE queue = ? AND owner IS NULL ORDER BY priority DESC, id LIMIT 1
"""


@dataclass(frozen=True)
class Envelope:
    """A message on its way in."""

    body: str
    priority: int
    lifetime_s: float | None = None


@dataclass(frozen=True)
class Taken:
    """A message on its way out."""

    id: int
    body: str
    redelivered: bool


def declare_queue(
    db: sqlite3.Connection, name: str, owner: str | None = None, auto_delete: bool = False
) -> None:
    """Make a queue, private where it has an owner."""
    db.execute("INSERT OR REPLACE INTO queue VALUES (?, ?, ?)", (name, owner, auto_delete))


def queue_exists(db: sqlite3.Connection, name: str) -> bool:
    """Tell whether somebody has declared a queue."""
    return db.execute("SELECT 1 FROM queue WHERE name = ?", (name,)).fetchone() is not None


def owner_of(db: sqlite3.Connection, name: str) -> tuple[str | None, bool]:
    """Return who owns a queue, and whether it goes with its last consumer."""
    row = db.execute("SELECT owner, auto_delete FROM queue WHERE name = ?", (name,)).fetchone()
    return (row[0], bool(row[1])) if row else (None, False)


def adopt(db: sqlite3.Connection, name: str, owner: str) -> None:
    """Give a private queue to another owner."""
    db.execute("UPDATE queue SET owner = ? WHERE name = ? AND owner IS NOT NULL", (owner, name))


def delete_queue(db: sqlite3.Connection, name: str) -> int:
    """Remove a queue with its bindings, and return how many messages went with it."""
    deleted = db.execute("DELETE FROM message WHERE queue = ?", (name,)).rowcount
    db.execute("DELETE FROM binding WHERE queue = ?", (name,))
    db.execute("DELETE FROM queue WHERE name = ?", (name,))
    return deleted


def declare_exchange(db: sqlite3.Connection, name: str, type_: str) -> None:
    """Remember an exchange, unless it is known."""
    db.execute("INSERT OR IGNORE INTO exchange VALUES (?, ?)", (name, type_))


def exchange_type(db: sqlite3.Connection, name: str) -> str | None:
    """Return how an exchange routes, or None if nobody has declared it."""
    row = db.execute("SELECT type FROM exchange WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def exchanges(db: sqlite3.Connection) -> list[str]:
    """Return the names of the exchanges that somebody has declared."""
    return [row[0] for row in db.execute("SELECT name FROM exchange").fetchall()]


def delete_exchange(db: sqlite3.Connection, name: str) -> None:
    """Forget an exchange and what is bound to it."""
    db.execute("DELETE FROM binding WHERE exchange = ?", (name,))
    db.execute("DELETE FROM exchange WHERE name = ?", (name,))


def bind(db: sqlite3.Connection, exchange: str, route: Route) -> None:
    """Lead messages of an exchange to a queue."""
    db.execute("INSERT OR IGNORE INTO binding VALUES (?, ?, ?, ?)", (exchange, *route))


def unbind(db: sqlite3.Connection, exchange: str, routing_key: str, queue: str) -> None:
    """Take a binding back."""
    db.execute(
        "DELETE FROM binding WHERE exchange = ? AND routing_key = ? AND queue = ?",
        (exchange, routing_key, queue),
    )


def routes(db: sqlite3.Connection, exchange: str) -> list[Route]:
    """Return what is bound to an exchange, by whichever process."""
    return db.execute(
        "SELECT routing_key, pattern, queue FROM binding WHERE exchange = ?", (exchange,)
    ).fetchall()


def bindings(db: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Return every binding as queue, exchange and routing key."""
    return db.execute("SELECT queue, exchange, routing_key FROM binding").fetchall()


def put(db: sqlite3.Connection, queue: str, envelope: Envelope) -> bool:
    """Add a message; return False, and drop it, if nobody has declared the queue."""
    cursor = db.execute(
        "INSERT INTO message(queue, priority, put_s, lifetime_s, body) "
        "SELECT name, ?, ?, ?, ? FROM queue WHERE name = ?",
        (envelope.priority, monotonic_s(), envelope.lifetime_s, envelope.body, queue),
    )
    return cursor.rowcount > 0


def is_waiting(db: sqlite3.Connection, queue: str) -> bool:
    """Tell whether a queue has a message for the next who asks."""
    return db.execute(PEEK, (queue,)).fetchone() is not None


def take(db: sqlite3.Connection, queue: str, owner: str | None) -> Taken | None:
    """Claim the next message; without an owner, remove it at once."""
    while (row := db.execute(PEEK, (queue,)).fetchone()) is not None:
        id_, body, redelivered, put_s, lifetime_s = row
        expired = has_expired(put_s, lifetime_s, monotonic_s())
        if expired or owner is None:
            db.execute("DELETE FROM message WHERE id = ?", (id_,))
        else:
            db.execute("UPDATE message SET owner = ? WHERE id = ?", (owner, id_))
        if not expired:
            return Taken(id_, body, bool(redelivered))
    return None


def has_expired(put_s: float, lifetime_s: float | None, now_s: float) -> bool:
    """Tell whether a message is past its time.

    The clock starts at boot and never steps, so a message from "later" is one
    that a reboot has outlived: its age is unknown, and it counts as expired.
    """
    return lifetime_s is not None and not 0 <= now_s - put_s < lifetime_s


def settle(db: sqlite3.Connection, id_: int, owner: str) -> None:
    """Remove a message that its owner is done with."""
    db.execute("DELETE FROM message WHERE id = ? AND owner = ?", (id_, owner))


def release(db: sqlite3.Connection, id_: int, owner: str) -> None:
    """Put a claimed message back to where it was in its queue."""
    db.execute(
        "UPDATE message SET owner = NULL, redelivered = 1 WHERE id = ? AND owner = ?", (id_, owner)
    )


def purge(db: sqlite3.Connection, queue: str) -> int:
    """Remove what nobody has claimed, and return how many messages that were."""
    return db.execute("DELETE FROM message WHERE queue = ? AND owner IS NULL", (queue,)).rowcount


def size(db: sqlite3.Connection, queue: str) -> int:
    """Count what nobody has claimed."""
    return db.execute(
        "SELECT count(*) FROM message WHERE queue = ? AND owner IS NULL", (queue,)
    ).fetchone()[0]
