"""When tasks that are seldom due were last rung for, kept for the next start.

A sensor that is switched on for a while and off again would else never come to
what is due once a day, nor to what follows hours after a start.
"""

import logging
from pathlib import Path

from celery.schedules import BaseSchedule
from pydantic import AwareDatetime, BaseModel, RootModel, ValidationError

from acoupi._clock import utc_now
from acoupi._files import write_atomic

__all__ = ["SELDOM_S", "RingMemory"]

logger = logging.getLogger(__name__)

SELDOM_S = 300.0
"""What comes again sooner is not written down: it would wear the card out."""


class _Ring(BaseModel):
    schedule: str
    """As it calls itself: of one that was changed since, nothing is known."""

    last: AwareDatetime


class _Rings(RootModel[dict[str, _Ring]]):
    """Rings by the name of what was rung for."""


class RingMemory:
    """The last rings, in a small file; without one, nothing is known.

    Parameters
    ----------
    path
        The file, made when there is something to keep; none at all if None.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._rings = _read(path)

    def since_s(self, name: str, when: BaseSchedule) -> float | None:
        """Return how long ago a task was rung for; None if that is not known."""
        ring = self._rings.root.get(name)
        if ring is None or ring.schedule != repr(when):
            return None
        return max(0.0, (utc_now() - ring.last).total_seconds())

    def note(self, name: str, when: BaseSchedule, wait_s: float) -> None:
        """Keep that a task was rung for, if that is not too often."""
        if self._path is None or wait_s < SELDOM_S:
            return
        self._rings.root[name] = _Ring(schedule=repr(when), last=utc_now())
        try:
            write_atomic(self._path, self._rings.model_dump_json(indent=2) + "\n")
        except OSError as error:
            logger.warning("cannot note when %s was rung for: %s", name, error)


def _read(path: Path | None) -> _Rings:
    if path is None:
        return _Rings({})
    try:
        return _Rings.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        pass
    except (OSError, ValidationError) as error:
        logger.warning("cannot read when tasks were rung for in %s: %s", path, error)
    return _Rings({})
