"""How acoupi's processes log: one line an event, the instant in UTC, the process's name."""

import contextlib
import logging
import logging.handlers
import os
import sys
import time
from pathlib import Path
from typing import IO

__all__ = ["FORMAT", "BoundedFileHandler", "configure_logging"]

FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)-7s %(processName)s %(name)s: %(message)s"
DATE_FORMAT = "%Y-%m-%dT%H:%M:%S"
LOG_BYTES = 5_000_000
LOG_BACKUPS = 3


class _Formatter(logging.Formatter):
    converter = time.gmtime


def configure_logging(level: str, handler: logging.Handler | None = None) -> None:
    """Send everything of this process at ``level`` and above to one handler."""
    handler = handler or logging.StreamHandler()
    handler.setFormatter(_Formatter(FORMAT, DATE_FORMAT))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


class BoundedFileHandler(logging.handlers.RotatingFileHandler):
    """Logs into a file that never outgrows a bound, and several processes may share.

    What cannot be written there, because the disk is full or the folder is
    gone, goes to standard error until it can.

    Parameters
    ----------
    path
        Of the file; the folder is made if only that is missing.
    max_bytes
        How long it may become before it is set aside as ``NAME.1``.
    backups
        How many older ones are kept.
    """

    def __init__(self, path: Path, max_bytes: int = LOG_BYTES, backups: int = LOG_BACKUPS) -> None:
        super().__init__(
            path, maxBytes=max_bytes, backupCount=backups, encoding="utf-8", delay=True
        )
        self._path = path
        self._failures = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, in a way that never raises."""
        failures = self._failures
        super().emit(record)
        if failures == self._failures:
            self._failures = 0

    def shouldRollover(self, record: logging.LogRecord) -> bool:
        """Tell whether the file is full, after looking whether it is still ours."""
        if self.stream is not None and self._was_replaced(self.stream):
            replaced, self.stream = self.stream, None  # pyright: ignore[reportAttributeAccessIssue]
            with contextlib.suppress(OSError):  # what it could not write yet
                replaced.close()
        if self.stream is None:
            with contextlib.suppress(OSError):
                self._path.parent.mkdir()
        return bool(super().shouldRollover(record))

    def handleError(self, record: logging.LogRecord) -> None:
        """Write a record to standard error instead."""
        self._failures += 1
        if sys.stderr is None:
            return
        with contextlib.suppress(OSError, ValueError):
            if self._failures == 1:
                reason = sys.exc_info()[1]
                sys.stderr.write(f"{self.baseFilename} cannot be written: {reason}\n")
            sys.stderr.write(f"{self.format(record)}\n")

    def _was_replaced(self, stream: IO[str]) -> bool:
        """Tell whether another process has set our file aside, or somebody removed it."""
        try:
            return not os.path.samestat(self._path.stat(), os.fstat(stream.fileno()))
        except OSError:
            return True
