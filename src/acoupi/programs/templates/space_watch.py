"""Tells when a disk is full, and when it has room again: each once."""

import contextlib
import json
import logging
from collections import deque
from collections.abc import Callable
from pathlib import Path

from acoupi._clock import utc_now
from acoupi._files import write_atomic
from acoupi.programs.templates.space import Space

__all__ = ["SpaceWatch"]

module_logger = logging.getLogger(__name__)

MARGIN = 1.25
"""How much more than needed is room again, so that a disk on the verge is told of once."""

MAX_UNTOLD = 20


class SpaceWatch:
    """Looks at the disks from time to time, and tells what has changed.

    Parameters
    ----------
    space
        Looks at the disks.
    tell
        Tells somebody, and returns whether that worked; if not, it is tried again.
    note
        A file that says what is full, so that a new process does not repeat it.
    logger
        Where it says the same.
    """

    def __init__(
        self,
        space: Space,
        tell: Callable[[str], bool],
        note: Path,
        logger: logging.Logger = module_logger,
    ) -> None:
        self._space = space
        self._tell = tell
        self._note = note
        self._logger = logger
        self._full: frozenset[str] | None = None
        self._untold: deque[str] = deque(maxlen=MAX_UNTOLD)

    def watch_space_task(self) -> None:
        """Tell what has become full, and what has room again."""
        full = _noted(self._note) if self._full is None else self._full
        for shortage in self._space.shortages():
            if not full.issuperset(shortage.kinds):
                full |= frozenset(shortage.kinds)
                self._announce(f"{shortage}; {self._consequence()}")
        again = full - {kind for s in self._space.shortages(MARGIN) for kind in s.kinds}
        if again:
            full -= again
            self._announce(f"the disk of the {', '.join(sorted(again))} has room again")
        self._remember(full)
        self._tell_all()

    def _consequence(self) -> str:
        if self._space.can_record():
            return "sound is not kept, what is found in it is"
        return "nothing is recorded until there is room"

    def _announce(self, text: str) -> None:
        self._logger.warning("%s", text)
        self._untold.append(f"{text} (seen {utc_now():%Y-%m-%d %H:%M:%S} UTC)")

    def _tell_all(self) -> None:
        while self._untold and self._tell(self._untold[0]):
            self._untold.popleft()

    def _remember(self, full: frozenset[str]) -> None:
        if full != self._full:
            with contextlib.suppress(OSError):  # no space: a new process tells it once more
                write_atomic(self._note, json.dumps(sorted(full)))
        self._full = full


def _noted(note: Path) -> frozenset[str]:
    try:
        return frozenset(json.loads(note.read_bytes()))
    except (OSError, ValueError, TypeError):
        return frozenset()
