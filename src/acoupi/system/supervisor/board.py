"""What children tell the supervisor, in memory they share.

A child cannot be trusted to answer when it hangs, so it writes down beforehand
when each of its tasks should have ended.
"""

import logging
import mmap
import threading
from collections.abc import Sequence
from uuid import UUID

from acoupi._clock import monotonic_s
from acoupi.system.supervisor.verdicts import RunningTask, Vitals

__all__ = ["Board", "Slot"]

logger = logging.getLogger(__name__)

MAX_TASKS = 64
DOUBLE = 8
READY, PROGRESS, STARTED, FIRST_DEADLINE = 0, 1, 2, 3
DOUBLES = FIRST_DEADLINE + MAX_TASKS
ID_BYTES = 16
SLOT_BYTES = DOUBLES * DOUBLE + MAX_TASKS * ID_BYTES


class Board:
    """One slot for each child; made before they are forked."""

    def __init__(self, names: Sequence[str]) -> None:
        self._memory = memoryview(mmap.mmap(-1, max(1, len(names)) * SLOT_BYTES))
        self._slots = {
            name: Slot(self._memory[i * SLOT_BYTES : (i + 1) * SLOT_BYTES])
            for i, name in enumerate(names)
        }

    def __getitem__(self, name: str) -> "Slot":
        return self._slots[name]


class Slot:
    """What one child says; it writes, the supervisor reads.

    Every value is eight aligned bytes, written at once: no lock is shared with
    a process that may be killed while it holds it.
    """

    def __init__(self, memory: memoryview) -> None:
        self._doubles = memory[: DOUBLES * DOUBLE].cast("d")
        self._ids = memory[DOUBLES * DOUBLE :]
        self._lock = threading.Lock()
        self._free = list(range(MAX_TASKS))
        self._places: dict[str, int] = {}

    def clear(self) -> None:
        """Forget what the last child said, and note that a new one starts."""
        for i in range(DOUBLES):
            self._doubles[i] = 0.0
        self._doubles[STARTED] = monotonic_s()

    def report_ready(self) -> None:
        """Say that tasks are taken from now on."""
        self.report_progress()
        self._doubles[READY] = monotonic_s()

    def report_progress(self) -> None:
        """Say that the main loop turns."""
        self._doubles[PROGRESS] = monotonic_s()

    def begin_task(self, task_id: str, limit_s: float) -> None:
        """Say that a task starts, and how long it may take."""
        with self._lock:
            if not self._free:
                logger.warning("more than %d tasks at once: one is not timed", MAX_TASKS)
                return
            place = self._places[task_id] = self._free.pop()
        self._ids[place * ID_BYTES : (place + 1) * ID_BYTES] = _id_bytes(task_id)
        self._doubles[FIRST_DEADLINE + place] = monotonic_s() + limit_s

    def end_task(self, task_id: str) -> None:
        """Say that a task has ended, well or not."""
        with self._lock:
            place = self._places.pop(task_id, None)
            if place is not None:
                self._doubles[FIRST_DEADLINE + place] = 0.0
                self._free.append(place)

    def read(self) -> Vitals:
        """Return what the child has said so far."""
        tasks = (self._task(place) for place in range(MAX_TASKS))
        return Vitals(
            started_s=self._doubles[STARTED],
            ready_s=self._doubles[READY],
            progress_s=self._doubles[PROGRESS],
            tasks=tuple(task for task in tasks if task.deadline_s),
        )

    def _task(self, place: int) -> RunningTask:
        id_bytes = bytes(self._ids[place * ID_BYTES : (place + 1) * ID_BYTES])
        return RunningTask(str(UUID(bytes=id_bytes)), self._doubles[FIRST_DEADLINE + place])


def _id_bytes(task_id: str) -> bytes:
    try:
        return UUID(task_id).bytes
    except ValueError:  # a task id somebody chose
        return bytes(ID_BYTES)
