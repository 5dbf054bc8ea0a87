"""Opening the broker's file; what cannot be used is set aside.

Whoever opens or replaces the file holds a lock on its folder, so that nobody
sees a file without its tables, or sets a fresh one aside.
"""

import contextlib
import fcntl
import logging
import os
import sqlite3
from collections.abc import Generator
from pathlib import Path

from acoupi._clock import utc_now
from acoupi.broker import schema
from acoupi.broker.errors import BrokerFullError, means_damage
from acoupi.broker.options import BrokerOptions
from acoupi.errors import ConfigurationError

__all__ = [
    "check_room",
    "file_identity",
    "open_file",
    "set_aside",
    "shrink_journal",
    "transaction",
]

logger = logging.getLogger(__name__)

BUSY_TIMEOUT_S = 10.0
JOURNAL_BYTES = 1024 * 1024
RESERVE_BYTES = 256 * 1024
DAMAGED_KEPT = 3  # enough to see what happened; a card that fails should not fill up with them
MARGIN = 8  # one part in so many is kept for claims, so that a full file can be emptied

_SIDE_FILES = ("-wal", "-shm")

FileIdentity = tuple[int, int]


def file_identity(path: Path) -> FileIdentity | None:
    """Return what tells a file from one that took its place, or None without a file."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def open_file(options: BrokerOptions) -> tuple[sqlite3.Connection, FileIdentity | None]:
    """Open the file, made anew where it is not there or cannot be used.

    Raises
    ------
    ConfigurationError
        If the file is a database of something else, or its folder is somebody else's.
    """
    path = options.path
    with _explaining(path), _locked(_make_folder(path.parent)):
        if reason := _access_problem(path):
            _move_away(path, reason)
        try:
            connection = _open(options)
        except sqlite3.DatabaseError as error:
            if not means_damage(error):
                raise
            _move_away(path, str(error))
            connection = _open(options)
        return connection, file_identity(path)


def set_aside(path: Path, identity: FileIdentity | None, reason: str) -> None:
    """Rename a damaged file, unless somebody has done so already."""
    with _locked(path.parent):
        if identity is not None and file_identity(path) == identity:
            _move_away(path, reason)


def check_room(connection: sqlite3.Connection, max_bytes: int) -> None:
    """Raise ``BrokerFullError`` if what the file holds has reached its limit."""
    page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    unused = connection.execute("PRAGMA freelist_count").fetchone()[0]
    if (pages - unused) * page_bytes >= max_bytes:
        raise BrokerFullError(f"the broker's file holds its limit of {max_bytes} bytes")


def shrink_journal(connection: sqlite3.Connection) -> None:
    """Make what room there can be on a full disk."""
    with contextlib.suppress(sqlite3.Error):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """Commit all of the block, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        # SQLite itself has rolled back after some errors, and not after others.
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _open(options: BrokerOptions) -> sqlite3.Connection:
    path = options.path
    _create_private(path)
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    try:
        _prepare(connection, options)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, options: BrokerOptions) -> None:
    if not schema.is_ours(connection):
        _refuse_foreign(connection, options.path)
    if schema.is_empty(connection):
        with transaction(connection):
            schema.create(connection, reserve_bytes=min(RESERVE_BYTES, options.max_bytes // 2))
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={options.synchronous}")
    journal_bytes = min(options.max_bytes, JOURNAL_BYTES)
    page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.execute(f"PRAGMA journal_size_limit={journal_bytes}")
    connection.execute(f"PRAGMA wal_autocheckpoint={journal_bytes // page_bytes}")
    max_pages = (options.max_bytes + options.max_bytes // MARGIN) // page_bytes
    connection.execute(f"PRAGMA max_page_count={max_pages}")


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    if schema.is_foreign(connection):
        raise ConfigurationError(
            f"{path} is a database, but not one of the broker's",
            help="give the broker a file of its own",
        )
    if not schema.is_empty(connection):
        error = sqlite3.DatabaseError("written by another version")
        error.sqlite_errorcode = sqlite3.SQLITE_FORMAT
        raise error


def _create_private(path: Path) -> None:
    # Only ever a new file: closing a second descriptor of an open database drops its locks.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        _give_to_owner_of_folder(path)


def _make_folder(folder: Path) -> Path:
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _give_to_owner_of_folder(folder)
    return folder


def _give_to_owner_of_folder(path: Path) -> None:
    """Let what root makes belong to the sensor's user, as SQLite does with its journals."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _access_problem(path: Path) -> str | None:
    files = (path, *(path.with_name(path.name + suffix) for suffix in _SIDE_FILES))
    for file in files:
        if file.exists() and not os.access(file, os.R_OK | os.W_OK):
            return f"{file.name} belongs to another user"
    return None


def _move_away(path: Path, reason: str) -> None:
    aside = path.with_name(f"{path.name}.damaged-{utc_now():%Y%m%dT%H%M%S%fZ}")
    for suffix in ("", *_SIDE_FILES):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    _forget_oldest(path)
    logger.warning("Broker file set aside: %s is now %s (%s)", path, aside.name, reason)


def _forget_oldest(path: Path) -> None:
    kept = sorted(path.parent.glob(f"{path.name}.damaged-*Z"))
    for old in kept[:-DAMAGED_KEPT]:
        for suffix in ("", *_SIDE_FILES):
            old.with_name(old.name + suffix).unlink(missing_ok=True)


@contextlib.contextmanager
def _explaining(path: Path) -> Generator[None]:
    try:
        yield
    except PermissionError as error:
        raise ConfigurationError(
            f"the broker's file {path} cannot be used by this user: {error}",
            help=f"run acoupi as the user whose sensor it is, or give the folder to "
            f"this one: sudo chown -R {os.getuid()} {path.parent}",
        ) from error


@contextlib.contextmanager
def _locked(folder: Path) -> Generator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
