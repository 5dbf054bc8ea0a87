"""When a child that lives must be ended, and when that did not help."""

import math
from dataclasses import dataclass

__all__ = [
    "UNKILLABLE_S",
    "Limits",
    "RunningTask",
    "Verdict",
    "Vitals",
    "is_stuck",
    "judge",
    "judge_memory",
]

UNKILLABLE_S = 10.0
"""A process that is killed and still there waits for a device that does not answer."""


@dataclass(frozen=True)
class RunningTask:
    """A task that a worker has begun and not ended."""

    task_id: str
    deadline_s: float


@dataclass(frozen=True)
class Vitals:
    """What a child said about itself; instants are 0 until they have been."""

    started_s: float
    ready_s: float = 0.0
    progress_s: float = 0.0
    tasks: tuple[RunningTask, ...] = ()


@dataclass(frozen=True)
class Limits:
    """How long a child may take (s), and how much memory."""

    start_s: float = 300.0
    stall_s: float = 60.0
    busy_stall_s: float = math.inf
    """How long its loop may stand still while tasks run; some pools run them in the loop."""

    memory_mb: float = math.inf
    """Of itself and all that it has started."""


@dataclass(frozen=True)
class Verdict:
    """Why a child must be ended, and which tasks must not be tried by the next."""

    reason: str
    task_ids: tuple[str, ...] = ()


def judge(vitals: Vitals, limits: Limits, now_s: float) -> Verdict | None:
    """Decide whether a child must be ended now."""
    overrun = tuple(t.task_id for t in vitals.tasks if now_s >= t.deadline_s)
    if overrun:
        return Verdict(f"task past its time limit: {', '.join(overrun)}", overrun)
    if not vitals.ready_s:
        late = now_s - vitals.started_s >= limits.start_s
        return Verdict(f"not ready after {limits.start_s:.0f} s") if late else None
    limit_s = limits.busy_stall_s if vitals.tasks else limits.stall_s
    stalled = now_s - vitals.progress_s >= limit_s
    return Verdict(f"no progress for {limit_s:.0f} s") if stalled else None


def judge_memory(use_mb: float, limits: Limits) -> Verdict | None:
    """Decide whether a child must be ended for the memory it takes.

    Whatever it runs may be to blame, and is tried by the next a few times.
    """
    if use_mb <= limits.memory_mb:
        return None
    return Verdict(f"it took {use_mb:.0f} MB of memory, and may have {limits.memory_mb:.0f} MB")


def is_stuck(killed_s: float | None, now_s: float) -> bool:
    """Tell whether a child outlives its own end, so that only others can help.

    One that starts, works within its limits, waits for its next start or
    rests is not stuck.

    Parameters
    ----------
    killed_s
        When it was killed; None if it was not, or is gone since.
    now_s
        The current instant.
    """
    return killed_s is not None and now_s - killed_s >= UNKILLABLE_S
