"""Which of the recordings that wait in memory may never be kept."""

from pathlib import Path

from acoupi._clock import boot_s
from acoupi._files import PART_SUFFIX

__all__ = ["MARK_SUFFIX", "forget_marks", "is_private", "mark_private"]

MARK_SUFFIX = ".private"

KEPT_S = 3600
"""For so long a recording may be held in memory before it gets a file."""


def mark_private(path: Path) -> None:
    """Note, before the first of what people say is written, that a file may not be kept."""
    # The time since boot, as long as memory lasts: no step of the clock makes a mark old.
    _mark(path).write_text(f"{boot_s():.0f}")


def is_private(path: Path) -> bool:
    """Tell whether a file may not be kept."""
    return _mark(path).exists()


def forget_marks(folder: Path) -> None:
    """Remove the marks of files that are gone."""
    for mark in folder.glob(f"*{MARK_SUFFIX}"):
        name = mark.name.removesuffix(MARK_SUFFIX)
        # In this order: a part that gets its name meanwhile is seen by either look.
        is_part = any(folder.glob(f"{name}*{PART_SUFFIX}"))
        if not is_part and not (folder / name).exists() and _is_old(mark):
            mark.unlink(missing_ok=True)


def _is_old(mark: Path) -> bool:
    try:
        return boot_s() - float(mark.read_text()) > KEPT_S
    except (OSError, ValueError):
        return False


def _mark(path: Path) -> Path:
    return path.with_name(path.name + MARK_SUFFIX)
