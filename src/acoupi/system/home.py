"""The files of a home: either all written, or all as they were."""

import contextlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from acoupi._files import sync_directory, write_atomic
from acoupi.errors import ConfigurationError
from acoupi.system.home_lock import changing
from acoupi.system.pending import HomeFile, write_together
from acoupi.system.settings import Settings

__all__ = ["naming_home", "write_home"]

PRIVATE_DIRECTORY_MODE = 0o700


@dataclass(frozen=True)
class _Before:
    """What one file was."""

    path: Path
    content: bytes | None
    mode: int

    def restore(self) -> None:
        if self.content is None:
            self.path.unlink(missing_ok=True)
        else:
            write_atomic(self.path, self.content, self.mode)


def write_home(
    settings: Settings, files: Sequence[HomeFile], check: Callable[[], None] | None = None
) -> None:
    """Write the tree of a home, or leave it as it was.

    Parameters
    ----------
    settings
        Of the home.
    files
        In the order they are written in.
    check
        Called when nobody else changes the home any more; it may refuse.

    Raises
    ------
    ConfigurationError
        If something cannot be written; the message names it.
    """
    directories = [settings.home, settings.run_dir, settings.log_dir]
    directories += [settings.program_config_file.parent, *(file.path.parent for file in files)]
    with naming_home(settings), contextlib.ExitStack() as undo:
        for directory in directories:
            _make(directory, undo)
        with changing(settings), contextlib.ExitStack() as unwrite:
            if check:
                check()
            write_together(settings, files, lambda file: _undoable(unwrite, file.path))
            settings.home.chmod(PRIVATE_DIRECTORY_MODE)
            unwrite.pop_all()
        undo.pop_all()


def _undoable(undo: contextlib.ExitStack, path: Path) -> None:
    undo.callback(_remember(path).restore)


@contextlib.contextmanager
def naming_home(settings: Settings) -> Generator[None]:
    """Say which home it is that cannot be used."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"the home {settings.home} cannot be written: {error.strerror}: {error.filename}",
            help="choose another one with ACOUPI_HOME, or make it belong to this user",
        ) from error


def _make(directory: Path, undo: contextlib.ExitStack) -> None:
    """Make a directory and its parents; they are removed again if all is undone."""
    if directory.is_dir():
        return
    if directory.parent != directory:
        _make(directory.parent, undo)
    directory.mkdir(mode=PRIVATE_DIRECTORY_MODE)
    sync_directory(directory.parent)
    undo.callback(_remove_if_empty, directory)


def _remove_if_empty(directory: Path) -> None:
    with contextlib.suppress(OSError):
        directory.rmdir()


def _remember(path: Path) -> _Before:
    if not path.exists():
        return _Before(path, None, 0)
    return _Before(path, path.read_bytes(), path.stat().st_mode & 0o777)
