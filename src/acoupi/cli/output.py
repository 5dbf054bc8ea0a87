"""Standard output that says so when it cannot be written, in all that writes to it."""

import errno
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from acoupi.errors import AcoupiError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["OutputError", "drop_output", "watch_output"]


class OutputError(AcoupiError):
    """Standard output that cannot be written."""


def watch_output() -> None:
    """Let standard output raise OutputError if it cannot be written; a closed one takes all.

    A reader that leaves early still is a BrokenPipeError.
    """
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - while the process runs
        return
    try:
        raw = _Output(sys.stdout.fileno(), "wb", closefd=False)
    except io.UnsupportedOperation:  # a program of somebody's that calls us keeps what we say
        return
    sys.stdout.flush()
    is_unbuffered = isinstance(sys.stdout.buffer, io.RawIOBase)  # as PYTHONUNBUFFERED has it
    sys.stdout = io.TextIOWrapper(
        raw if is_unbuffered else io.BufferedWriter(raw),
        encoding=sys.stdout.encoding,
        errors=sys.stdout.errors,
        line_buffering=sys.stdout.isatty(),
        write_through=is_unbuffered,
    )


def drop_output() -> None:
    """Let go what could not be written, or it would be tried again when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.stdout.flush()


class _Output(io.FileIO):
    def write(self, b: "ReadableBuffer", /) -> int:
        try:
            return super().write(b)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            raise OutputError(
                f"standard output cannot be written: {error.strerror}",
                help="make space where it goes, or send it elsewhere",
            ) from error
