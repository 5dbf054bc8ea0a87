"""SQLite as acoupi uses it: WAL, foreign keys, numbered migrations."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeVar

from acoupi.errors import MigrationError, StoreError

__all__ = ["Database", "Migration", "chunked"]

T = TypeVar("T")

Migration = Callable[[sqlite3.Connection], None]
"""One step of a schema; step N brings ``user_version`` from N to N + 1."""

BUSY_TIMEOUT_S = 30.0
MAX_VARIABLES = 500


def chunked(items: Sequence[T], size: int = MAX_VARIABLES) -> Iterator[Sequence[T]]:
    """Split what a query binds into parts that every SQLite build accepts."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Database:
    """One SQLite file, with a connection per thread and process.

    Parameters
    ----------
    path
        The file; it and its folder are made when first used.
    migrations
        The steps from an empty file to the schema of today, in order.
    synchronous
        ``FULL`` where a committed row must survive a power cut, ``NORMAL``
        where it may be found again from elsewhere.
    error
        What is raised when the file cannot be opened or used.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Migration],
        synchronous: Literal["FULL", "NORMAL"] = "FULL",
        error: type[StoreError] = StoreError,
    ) -> None:
        self.path = Path(path)
        self._migrations = migrations
        self._synchronous = synchronous
        self._error = error
        self._local = threading.local()

    @contextlib.contextmanager
    def read(self) -> Generator[sqlite3.Connection]:
        """Give the connection of this thread, for queries."""
        with self._reporting():
            yield self._connection()

    @contextlib.contextmanager
    def write(self) -> Generator[sqlite3.Connection]:
        """Give the connection inside one transaction: all of the block, or nothing."""
        with self._reporting():
            connection = self._connection()
            with _transaction(connection):
                yield connection

    def close(self) -> None:
        """Close this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None and self._local.pid == os.getpid():
            connection.close()
        self._local.connection = None

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None or self._local.pid != os.getpid():
            connection = self._open()
            self._local.connection, self._local.pid = connection, os.getpid()
        return connection

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={self._synchronous}")
        _migrate(connection, self.path, self._migrations)
        connection.execute("PRAGMA foreign_keys=ON")
        return connection

    @contextlib.contextmanager
    def _reporting(self) -> Generator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self._error(
                f"the database {self.path} cannot be used: {error}",
                help="check that the file is a database, that its folder can be written, "
                "and that the disk has space",
            ) from error


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Generator[None]:
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _migrate(connection: sqlite3.Connection, path: Path, steps: Sequence[Migration]) -> None:
    if _version(connection) == len(steps):
        return
    with _transaction(connection):
        version = _version(connection)
        if version > len(steps):
            raise MigrationError(
                f"the database {path} was written by a newer acoupi (schema {version})",
                help="update acoupi, or use another file",
            )
        for step in steps[version:]:
            step(connection)
        connection.execute(f"PRAGMA user_version={len(steps)}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
