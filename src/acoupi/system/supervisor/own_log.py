"""Our own output where it is a file: with what children print, it never outgrows a bound."""

import contextlib
import logging
import os
import shutil
from pathlib import Path

__all__ = ["MAX_LOG_BYTES", "OwnLog"]

logger = logging.getLogger(__name__)

MAX_LOG_BYTES = 5_000_000
STDERR = 2


class OwnLog:
    """The file that standard error goes to, if it is the one we know.

    Parameters
    ----------
    path
        Where it is when we run in the background.
    max_bytes
        How long it may become before it is emptied; a copy of its end is kept.
    fd
        Of standard error.
    """

    def __init__(self, path: Path, max_bytes: int = MAX_LOG_BYTES, fd: int = STDERR) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._fd = fd

    def shorten(self) -> None:
        """Empty it when it is long; all who write to it append, so they go on at its beginning."""
        try:
            size = self._path.stat().st_size
            if size > self._max_bytes and self._is_ours():
                self._keep_end(size)
                os.ftruncate(self._fd, 0)
        except FileNotFoundError:
            return
        except OSError as error:
            logger.warning("%s cannot be shortened: %s", self._path, error.strerror)

    def _is_ours(self) -> bool:
        return os.path.samestat(self._path.stat(), os.fstat(self._fd))

    def _keep_end(self, size: int) -> None:
        kept = self._path.with_name(self._path.name + ".1")
        try:
            with self._path.open("rb") as source, kept.open("wb") as copy:
                source.seek(size - self._max_bytes)
                shutil.copyfileobj(source, copy)
        except OSError:  # no space even for that: what is new is worth more
            with contextlib.suppress(OSError):
                kept.unlink()
