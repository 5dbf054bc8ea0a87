"""Looking at processes that may end while they are looked at."""

import psutil

__all__ = ["children_called", "is_alive"]


def is_alive(process: psutil.Process) -> bool:
    """Tell whether a process still does anything."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def children_called(name: str, parent: psutil.Process | None = None) -> list[psutil.Process]:
    """Return the children with this name, by default those of this process."""
    children = (parent or psutil.Process()).children()
    return [child for child in children if _name_of(child) == name]


def _name_of(process: psutil.Process) -> str | None:
    try:
        return process.name()
    except psutil.Error:
        return None
