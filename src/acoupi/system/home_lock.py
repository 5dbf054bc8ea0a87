"""One change of a home at a time."""

import contextlib
import fcntl
import os
from collections.abc import Generator

from acoupi.system.settings import Settings

__all__ = ["changing"]


@contextlib.contextmanager
def changing(settings: Settings) -> Generator[None]:
    """Keep other commands from changing the configuration until the block ends.

    What is locked is the folder itself: there is no file to leave behind, and
    a process that is killed lets go. Who holds it must not take it again.
    """
    fd = os.open(settings.program_config_file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
