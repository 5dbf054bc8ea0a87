"""Whether models keep up with what a program records."""

import datetime as dt
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from acoupi.errors import AcoupiError
from acoupi.programs.core.workers import WorkerConfig
from acoupi.programs.templates.microphones import views_of
from acoupi.system.configured import is_configured
from acoupi.system.health import Rhythm, rhythm_of
from acoupi.system.settings import Settings

__all__ = ["Pace", "count_lanes", "pace_here", "pace_of"]

DEFAULT_QUEUE = "celery"


@dataclass(frozen=True)
class Pace:
    """How much models have to do, as a share of the time there is for it."""

    load: float
    """While all microphones record."""

    by_day: float
    """With the hours in which none does."""

    @property
    def keeps_up(self) -> bool:
        """Whether nothing ever waits for long."""
        return self.load <= 1

    @property
    def catches_up(self) -> bool:
        """Whether what waits is heard by the time recording goes on."""
        return self.by_day <= 1


def pace_of(parts: Iterable[tuple[float, Rhythm]], lanes: int = 1) -> Pace:
    """Add up what microphones ask for.

    Parameters
    ----------
    parts
        Of each, the seconds of computing for a second of its sound, and when it records.
    lanes
        How many recordings are processed at once.
    """
    loads = [
        (compute_s_per_s * rhythm.duration_s / rhythm.period_s / lanes, rhythm.share_of_day)
        for compute_s_per_s, rhythm in parts
    ]
    return Pace(sum(load for load, _ in loads), sum(load * share for load, share in loads))


def count_lanes(workers: WorkerConfig, queue: str | None) -> int:
    """Count how many tasks of a queue run at once, with a core for each."""
    cores = os.cpu_count() or 1
    serving = [
        w for w in workers.workers if (queue or DEFAULT_QUEUE) in (w.queues or [DEFAULT_QUEUE])
    ]
    return max(1, min(cores, sum(worker.concurrency or cores for worker in serving)))


def pace_here(settings: Settings, compute_s_per_s: float) -> Pace | None:
    """Return the pace of a model in the program that is set up; None if there is none.

    Parameters
    ----------
    settings
        Of the home.
    compute_s_per_s
        Seconds of computing for a second of sound.
    """
    if not is_configured(settings):
        return None
    from acoupi.system.programs import load_installed_class, load_program_config

    try:
        config, program = load_program_config(settings), load_installed_class(settings)
        workers = program.get_workers(config)
    except AcoupiError:
        return None
    rhythms = _rhythms_of(config)
    queue: Any = getattr(program, "recording_callback_queue", None)
    lanes = count_lanes(workers, queue)
    parts = [(compute_s_per_s, rhythm) for rhythm in rhythms]
    return pace_of(parts, lanes) if parts else None


def _rhythms_of(config: BaseModel) -> list[Rhythm]:
    """Return when each microphone of a program records; nothing of those that do not say."""
    zone: dt.tzinfo = getattr(config, "zone", dt.UTC)
    found = (rhythm_of(view, zone) for view in views_of(config))
    return [rhythm for rhythm in found if rhythm is not None]
