"""Tasks under which processes died: each may be to blame, none for ever."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable

__all__ = ["MAX_DEATHS", "Casualties"]

logger = logging.getLogger(__name__)

MAX_DEATHS = 3
MAX_REMEMBERED = 1000


class Casualties:
    """Counts deaths by task.

    Parameters
    ----------
    abandon
        Called with the id of a task that must not be tried again.
    """

    def __init__(self, abandon: Callable[[str], object]) -> None:
        self._abandon = abandon
        self._deaths: Counter[str] = Counter()

    def count(self, task_ids: Iterable[str]) -> None:
        """Note that a process died while these ran in it."""
        for task_id in task_ids:
            self._deaths[task_id] += 1
            if self._deaths[task_id] >= MAX_DEATHS:
                logger.error("abandoned: task %s, %d processes died under it", task_id, MAX_DEATHS)
                del self._deaths[task_id]
                self._abandon(task_id)
        while len(self._deaths) > MAX_REMEMBERED:
            del self._deaths[next(iter(self._deaths))]
