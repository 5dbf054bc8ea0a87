"""What a publisher may see of the broker's file."""

import sqlite3

from kombu.exceptions import OperationalError

__all__ = ["BrokerFullError", "means_damage", "means_full"]

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
# What was written does not come back. Other errors of the disk may pass.
_UNREADABLE = {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ}


class BrokerFullError(OperationalError):
    """A message that found no room; trying again at once is of no use."""


def means_damage(error: sqlite3.Error) -> bool:
    """Tell whether an error says that the file is not a sound database."""
    return _primary_code(error) in _DAMAGE or _code(error) in _UNREADABLE


def means_full(error: sqlite3.Error) -> bool:
    """Tell whether an error says that the file, or its disk, has no room."""
    return _primary_code(error) == sqlite3.SQLITE_FULL


def _primary_code(error: sqlite3.Error) -> int:
    return _code(error) & 0xFF


def _code(error: sqlite3.Error) -> int:
    # Errors of the Python module itself carry no code.
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code
