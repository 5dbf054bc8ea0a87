"""Tells when a disk is full, and when it has room again: each once."""

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

from acoupi._files import write_atomic
from acoupi.programs.templates.space import Space

__all__ = ["SpaceWatch"]

MARGIN = 1.25
"""How much more than needed is room again, so that a disk on the verge is told of once."""


class SpaceWatch:
    """Looks at the disks from time to time, and tells what has changed.

    Parameters
    ----------
    space
        Looks at the disks.
    tell
        Tells somebody, and returns whether that worked; if not, it is tried again.
    note
        A file that says what was told, so that a new process does not repeat it.
    """

    def __init__(self, space: Space, tell: Callable[[str], bool], note: Path) -> None:
        self._space = space
        self._tell = tell
        self._note = note
        self._told: frozenset[str] | None = None

    def watch_space_task(self) -> None:
        """Tell what has become full, and what has room again."""
        told = _noted(self._note) if self._told is None else self._told
        for shortage in self._space.shortages():
            kinds = frozenset(shortage.kinds)
            if kinds - told and self._tell(f"{shortage}; {self._consequence()}"):
                told |= kinds
        again = told - {kind for s in self._space.shortages(MARGIN) for kind in s.kinds}
        if again and self._tell(f"the disk of the {', '.join(sorted(again))} has room again"):
            told -= again
        self._remember(told)

    def _consequence(self) -> str:
        if self._space.can_record():
            return "sound is not kept, what is found in it is"
        return "nothing is recorded until there is room"

    def _remember(self, told: frozenset[str]) -> None:
        if told != self._told:
            with contextlib.suppress(OSError):  # a full disk: a new process tells it once more
                write_atomic(self._note, json.dumps(sorted(told)))
        self._told = told


def _noted(note: Path) -> frozenset[str]:
    try:
        return frozenset(json.loads(note.read_bytes()))
    except (OSError, ValueError, TypeError):
        return frozenset()
