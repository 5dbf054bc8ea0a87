"""Several files of a home that are written together, whenever the process is killed.

What is to be written is noted first, as one file. From then on the files are as
good as written: whoever opens the home next finishes what was begun.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from acoupi._files import write_atomic
from acoupi.errors import ConfigurationError
from acoupi.system.home_lock import changing
from acoupi.system.settings import Settings

__all__ = ["PRIVATE_FILE_MODE", "HomeFile", "finish_writing", "write_together"]

PRIVATE_FILE_MODE = 0o600


@dataclass(frozen=True)
class HomeFile:
    """What one file should be."""

    path: Path
    text: str
    mode: int = 0o644

    def write(self) -> None:
        """Write it whole."""
        write_atomic(self.path, self.text, self.mode)

    def is_written(self) -> bool:
        """Tell whether it is like this already."""
        path = self.path
        if not path.is_file() or path.stat().st_mode & 0o777 != self.mode:
            return False
        return path.read_bytes() == self.text.encode()


_FILES = TypeAdapter(list[HomeFile])


def write_together(
    settings: Settings, files: Sequence[HomeFile], before: Callable[[HomeFile], None] | None = None
) -> None:
    """Write all files or none, in a home that nobody else changes meanwhile.

    Parameters
    ----------
    settings
        Of the home.
    files
        In the order they are written in.
    before
        Called with each file before it is written.
    """
    todo = [file for file in files if not file.is_written()]
    note = _note(settings)
    with contextlib.ExitStack() as undo:
        if len(todo) > 1:
            undo.callback(note.unlink, missing_ok=True)
            write_atomic(note, _FILES.dump_json(todo), PRIVATE_FILE_MODE)
        for file in todo:
            _sweep(file.path)
            if before:
                before(file)
            file.write()


def _sweep(path: Path) -> None:
    """Remove what killed commands left beside a file; none is at work while this one is."""
    for left in path.parent.glob(f".{path.name}.????????"):
        left.unlink(missing_ok=True)


def finish_writing(settings: Settings) -> None:
    """Write what a command that was killed had begun to write."""
    note = _note(settings)
    if not note.is_file():
        return
    with changing(settings):
        if not note.is_file():  # it was only slow
            return
        for file in _noted(note):
            file.write()
        note.unlink()


def _noted(note: Path) -> list[HomeFile]:
    try:
        return _FILES.validate_json(note.read_bytes())
    except ValidationError as error:
        raise ConfigurationError(
            f"{note} cannot be read", help="remove it, and run acoupi setup again"
        ) from error


def _note(settings: Settings) -> Path:
    return settings.program_config_file.with_name("pending.json")
