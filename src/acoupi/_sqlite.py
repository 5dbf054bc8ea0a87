"""SQLite as acoupi uses it: WAL where it can be, foreign keys, numbered migrations."""

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from acoupi._clock import monotonic_s
from acoupi._files import PART_SUFFIX, sync_directory
from acoupi._mounts import is_networked
from acoupi.errors import MigrationError, StoreError

__all__ = ["Database", "Migration", "chunked", "find_schema", "reading"]

T = TypeVar("T")

Migration = Callable[[sqlite3.Connection], None]
"""One step of a schema; step N brings ``user_version`` from N to N + 1."""

BUSY_TIMEOUT_S = 30.0
READ_TIMEOUT_S = 5.0
JOURNAL_RETRY_S = 0.01
MAX_VARIABLES = 500

_inherited: list[sqlite3.Connection] = []
"""What a fork brought along; SQLite forbids the child even to close it."""


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
        The steps from an empty file to the schema of today, in order. They run
        in one transaction with foreign keys off; a file of an older schema is
        first copied to ``NAME.bak-vN`` beside it.
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
        connection = self._kept()
        if connection is not None:
            connection.close()
        self._local.connection = None

    def _connection(self) -> sqlite3.Connection:
        connection = self._kept()
        if connection is None:
            connection = self._open()
            self._local.connection, self._local.pid = connection, os.getpid()
        return connection

    def _kept(self) -> sqlite3.Connection | None:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None and self._local.pid != os.getpid():
            _inherited.append(connection)
            return None
        return connection

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self.path,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        _choose_journal(connection, self.path)
        connection.execute(f"PRAGMA synchronous={self._synchronous}")
        connection.execute("PRAGMA foreign_keys=OFF")
        _migrate(connection, self.path, self._migrations)
        connection.execute("PRAGMA foreign_keys=ON")

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
def reading(
    path: Path, schema: int | None = None, error: type[StoreError] = StoreError
) -> Generator[sqlite3.Connection | None]:
    """Give a connection that cannot change the file; None if there is no such file.

    Parameters
    ----------
    path
        The file.
    schema
        The version that the queries are made for; None for any.
    error
        What is raised when the file cannot be read, or is of another version.
    """
    if not path.exists():
        yield None
        return
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=READ_TIMEOUT_S)) as found:
            found.row_factory = sqlite3.Row
            found.execute("PRAGMA query_only=ON")
            has_tables, theirs = _has_tables(found), _version(found)
            if has_tables and schema is not None and schema != theirs:
                raise _of_another(path, theirs, schema, error)
            yield found if has_tables else None
    except sqlite3.Error as problem:
        raise error(
            f"the database {path} cannot be read: {problem}",
            help="check that the file is a database, and that this user may read it",
        ) from problem


def _of_another(path: Path, theirs: int, ours: int, error: type[StoreError]) -> StoreError:
    older = "the program brings it up to date when it next starts"
    return error(
        f"the database {path} is of another acoupi (schema {theirs})",
        help=older if theirs < ours else "update acoupi, or use another file",
    )


def find_schema(path: Path) -> int | None:
    """Return which version of its schema a file has; None if there is nothing in it yet."""
    with reading(path) as found:
        return None if found is None else _version(found)


def _choose_journal(connection: sqlite3.Connection, path: Path) -> None:
    """Write ahead, unless a computer that has no part in that memory may look on.

    A file that was prepared for a network stays so, also for the computer whose
    disk it lies on.
    """
    if is_networked(path):
        _set_journal(connection, "DELETE")
    elif _version(connection) == 0:
        _set_journal(connection, "WAL")


def _set_journal(connection: sqlite3.Connection, mode: str) -> None:
    """Set what is kept in the file; SQLite itself does not wait for others here."""
    deadline_s = monotonic_s() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute(f"PRAGMA journal_mode={mode}")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic_s() > deadline_s:
                raise
        time.sleep(JOURNAL_RETRY_S)


class _Connection(sqlite3.Connection):
    """A connection that is closed with its thread; a fork must not even close its parent's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pid = os.getpid()

    def __del__(self) -> None:
        if self._pid == os.getpid():
            self.close()


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Generator[None]:
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk may already have ended the transaction; this then does nothing.
        connection.rollback()
        raise


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
        if version < len(steps) and _has_tables(connection):
            _back_up(path, version)
        for step in steps[version:]:
            step(connection)
        connection.execute(f"PRAGMA user_version={len(steps)}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None


def _back_up(path: Path, version: int) -> None:
    """Copy what is committed, durably, while the caller keeps other writers out."""
    backup = path.with_name(f"{path.name}.bak-v{version}")
    part = backup.with_name(backup.name + PART_SUFFIX)
    part.unlink(missing_ok=True)
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(part)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    part.replace(backup)
    sync_directory(path.parent)
