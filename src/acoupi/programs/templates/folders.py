"""Folders that must be there and that can be written."""

import os
from pathlib import Path

from acoupi.errors import HealthCheckError

__all__ = ["make_writable"]


def make_writable(folder: Path) -> None:
    """Make a folder if it is not there; raise ``HealthCheckError`` if it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(folder, error) from error
    if not os.access(folder, os.W_OK):
        raise _not_writable(folder, "no permission")


def _not_writable(folder: Path, why: object) -> HealthCheckError:
    return HealthCheckError(
        f"the folder {folder} cannot be written: {why}",
        help="choose another folder in the section paths, or give this user the right to it",
    )
