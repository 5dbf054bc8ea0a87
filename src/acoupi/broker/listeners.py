"""Who listens, who is dead, and what the dead leave."""

import sqlite3

from acoupi.broker import doorbell, queues

__all__ = ["add", "exists", "is_dead", "known", "reachable", "remove"]


def add(db: sqlite3.Connection, name: str, namespace: str) -> None:
    """Make a doorbell known to those who publish."""
    db.execute("INSERT OR REPLACE INTO listener VALUES (?, ?)", (name, namespace))


def exists(db: sqlite3.Connection, name: str) -> bool:
    """Tell whether a doorbell is known."""
    return db.execute("SELECT 1 FROM listener WHERE name = ?", (name,)).fetchone() is not None


def known(db: sqlite3.Connection) -> dict[str, str]:
    """Return every doorbell, with its namespace."""
    return dict(db.execute("SELECT name, namespace FROM listener").fetchall())


def reachable(db: sqlite3.Connection, namespace: str) -> list[str]:
    """Return the doorbells that can be rung from a namespace."""
    rows = db.execute("SELECT name FROM listener WHERE namespace = ?", (namespace,)).fetchall()
    return [row[0] for row in rows]


def is_dead(name: str, namespace: str, ours: str) -> bool:
    """Tell whether a listener is certainly gone, as seen from our namespace.

    One behind another network namespace cannot be asked, and counts as alive.
    """
    if namespace == ours:
        return not doorbell.is_alive(name)
    return not doorbell.same_boot(namespace, ours)


def remove(db: sqlite3.Connection, name: str) -> int:
    """Forget a listener and its private queues; return how many claims came back."""
    for (queue,) in db.execute("SELECT name FROM queue WHERE owner = ?", (name,)).fetchall():
        queues.delete_queue(db, queue)
    db.execute("DELETE FROM listener WHERE name = ?", (name,))
    return db.execute(
        "UPDATE message SET owner = NULL, redelivered = 1 WHERE owner = ?", (name,)
    ).rowcount
