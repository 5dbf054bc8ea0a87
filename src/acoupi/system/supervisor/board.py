"""What children and the supervisor tell each other, in memory they share.

A child cannot be trusted to answer when it hangs, so it writes down beforehand
when each of its tasks should have ended.
"""

import datetime as dt
import logging
import mmap
import threading
from collections.abc import Sequence

from acoupi._clock import monotonic_s
from acoupi.system.supervisor.verdicts import RunningTask, Vitals

__all__ = ["Board", "Slot"]

logger = logging.getLogger(__name__)

DOUBLE = 8
ID_BYTES = 64
"""The ids that Celery makes have 36; of a longer one the beginning has to do."""

MAX_TASKS = 64
READY, PROGRESS, STARTED, RECORDED, REPORTED, FIRST_DEADLINE = range(6)
DOUBLES = FIRST_DEADLINE + MAX_TASKS
SLOT_BYTES = DOUBLES * DOUBLE + MAX_TASKS * ID_BYTES

MAX_ABANDONED = 128
ABANDONED_BYTES = DOUBLE + MAX_ABANDONED * ID_BYTES


class Board:
    """One slot for each child, and the tasks that none must try; made before they are forked."""

    def __init__(self, names: Sequence[str]) -> None:
        memory = memoryview(mmap.mmap(-1, ABANDONED_BYTES + len(names) * SLOT_BYTES))
        self.abandoned = Abandoned(memory[:ABANDONED_BYTES])
        starts = range(ABANDONED_BYTES, len(memory), SLOT_BYTES)
        self._slots = {
            name: Slot(memory[start : start + SLOT_BYTES])
            for name, start in zip(names, starts, strict=True)
        }

    def __getitem__(self, name: str) -> "Slot":
        return self._slots[name]

    @property
    def last_recorded_on(self) -> dt.datetime | None:
        """The end of the recording that was reported last."""
        reports = [slot.read_recorded() for slot in self._slots.values()]
        reported_s, recorded_s = max(reports, default=(0.0, 0.0))
        return dt.datetime.fromtimestamp(recorded_s, dt.UTC) if reported_s else None


class Abandoned:
    """Ids of the latest tasks that must not be tried again; workers only read them."""

    def __init__(self, memory: memoryview) -> None:
        self._count = memory[:DOUBLE].cast("d")
        self._ids = memory[DOUBLE:]

    def add(self, task_id: str) -> None:
        """Tell all workers of one."""
        place = int(self._count[0]) % MAX_ABANDONED
        _write_id(self._ids, place, task_id)
        self._count[0] += 1

    def __len__(self) -> int:
        """Count all there ever were."""
        return int(self._count[0])

    def read(self) -> frozenset[str]:
        """Return those that are remembered."""
        return frozenset(_read_id(self._ids, i) for i in range(min(len(self), MAX_ABANDONED)))


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
        """Forget what the last child did, and note that a new one starts."""
        for i in (READY, PROGRESS, *range(FIRST_DEADLINE, DOUBLES)):
            self._doubles[i] = 0.0
        self._doubles[STARTED] = monotonic_s()

    def report_ready(self) -> None:
        """Say that tasks are taken from now on."""
        self.report_progress()
        self._doubles[READY] = monotonic_s()

    def report_progress(self) -> None:
        """Say that the main loop turns."""
        self._doubles[PROGRESS] = monotonic_s()

    def report_recording(self, ended_on: dt.datetime) -> None:
        """Say when the latest recording ended."""
        self._doubles[RECORDED] = ended_on.timestamp()
        self._doubles[REPORTED] = monotonic_s()

    def keep_to(self, place: int) -> None:
        """Be one of several processes that share this slot, each with a place of its own."""
        self._free, self._places = [place], {}
        self._doubles[FIRST_DEADLINE + place] = 0.0

    def begin_task(self, task_id: str, limit_s: float) -> None:
        """Say that a task starts, and how long it may take."""
        with self._lock:
            if not self._free:
                logger.warning("more than %d tasks at once: one is not timed", MAX_TASKS)
                return
            place = self._places[task_id] = self._free.pop()
        _write_id(self._ids, place, task_id)
        self._doubles[FIRST_DEADLINE + place] = monotonic_s() + limit_s

    def end_task(self, task_id: str) -> None:
        """Say that a task has ended, well or not."""
        self.report_progress()  # the loop stood still if it ran the task itself
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

    def read_recorded(self) -> tuple[float, float]:
        """Return when a recording was last reported (monotonic), and when it ended (epoch)."""
        return self._doubles[REPORTED], self._doubles[RECORDED]

    def _task(self, place: int) -> RunningTask:
        return RunningTask(_read_id(self._ids, place), self._doubles[FIRST_DEADLINE + place])


def _write_id(ids: memoryview, place: int, task_id: str) -> None:
    data = task_id.encode()[:ID_BYTES].ljust(ID_BYTES, b"\0")
    ids[place * ID_BYTES : (place + 1) * ID_BYTES] = data


def _read_id(ids: memoryview, place: int) -> str:
    data = bytes(ids[place * ID_BYTES : (place + 1) * ID_BYTES])
    return data.rstrip(b"\0").decode(errors="ignore")
