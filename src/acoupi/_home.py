"""Where things are kept when nobody says otherwise."""

import os
import zlib
from pathlib import Path

from acoupi._mounts import kind_of, mounts

__all__ = ["home_dir", "in_memory", "lies_in_memory", "storage_dir", "temp_audio_dir"]

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made below it


def home_dir() -> Path:
    """Return the folder of acoupi's configuration and state: ``$ACOUPI_HOME`` or ``~/.acoupi``."""
    return Path(os.environ.get("ACOUPI_HOME") or Path.home() / ".acoupi").expanduser().absolute()


def storage_dir() -> Path:
    """Return the folder for recordings and databases.

    ``~/storages``; below a home that was chosen with ``ACOUPI_HOME``, so that
    two sensors on one computer never share a database.
    """
    return home_dir() / "storages" if os.environ.get("ACOUPI_HOME") else Path.home() / "storages"


def temp_audio_dir() -> Path:
    """Return the folder where sound waits until it is decided what to keep.

    In memory where the system has such a place: what is not kept then never
    touches the card.
    """
    if not in_memory(MEMORY):
        return home_dir() / "tmp"
    mark = zlib.crc32(str(home_dir()).encode())
    return MEMORY / f"acoupi-{os.getuid()}-{mark:08x}"


def in_memory(directory: Path) -> bool:
    """Tell whether a folder exists, can be written, and lies on a tmpfs."""
    if not (directory.is_dir() and os.access(directory, os.W_OK)):
        return False
    return (directory.resolve(), "tmpfs") in mounts()


def lies_in_memory(path: Path) -> bool:
    """Tell whether what is written to a path, which need not exist, is lost with the power."""
    return kind_of(path, mounts()) in ("tmpfs", "ramfs")
