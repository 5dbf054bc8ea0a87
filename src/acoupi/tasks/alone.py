"""Work that only one may be at: of all threads, processes, and hosts that share the disk."""

import contextlib
import errno
import fcntl
import logging
import os
import threading
from collections.abc import Generator
from pathlib import Path

__all__ = ["Alone"]

logger = logging.getLogger(__name__)

LOCK_NAME = ".lock"


class Alone:
    """Lets one in at a time.

    Parameters
    ----------
    path
        The folder that is worked on, or a file beside what is; the kernel lets
        go of it when the process ends. Without one, only the threads of this
        process keep from each other.
    is_folder
        The path is a folder's. One that is not there is not made: there is
        nothing in it to work on. A file is made.
    """

    def __init__(self, path: Path | None = None, *, is_folder: bool = False) -> None:
        self.path = path
        self._lock_path = _lock_folder if is_folder else _lock_file
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def attempt(self) -> Generator[bool]:
        """Tell whether nobody else is at it, and then keep everybody else from it."""
        with contextlib.ExitStack() as held:
            yield self._enter(held)

    def _enter(self, held: contextlib.ExitStack) -> bool:
        if not self._lock.acquire(blocking=False):
            return False
        held.callback(self._lock.release)
        try:
            if self.path is not None:
                held.callback(os.close, self._lock_path(self.path))
        except BlockingIOError:
            return False
        except FileNotFoundError:
            return True  # there is nothing yet that could be worked on
        except OSError as error:
            # A full disk, say: to go on is then what makes space.
            logger.warning("cannot keep other processes from %s: %s", self.path, error)
        return True


def _lock_file(path: Path) -> int:
    """Lock a file, which is made, and return what holds the lock while open."""
    return _locked(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644))


def _lock_folder(path: Path) -> int:
    """Lock a folder, and return what holds the lock while open."""
    try:
        return _locked(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
    except OSError as error:
        if error.errno != errno.EBADF:
            raise
    return _lock_file(path / LOCK_NAME)  # NFS locks only what can be written


def _locked(fd: int) -> int:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(fd)
        raise
    return fd
