"""What tasks failed for good, and which scheduled ones keep failing, in files of the home.

A task that was handed something is set aside with it, under an id made of
both: if it fails again later it is the same failure, and when it succeeds later
the failure is over. A scheduled task has one file as long as it fails.
"""

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from acoupi._files import write_atomic
from acoupi.errors import ParameterError
from acoupi.system.settings import Settings

__all__ = ["FailedTask", "FailingTask", "Failures", "failure_id", "failures_of"]

logger = logging.getLogger(__name__)

M = TypeVar("M", bound=BaseModel)

MAX_SET_ASIDE = 200
"""Tasks that are remembered; of more, the newest."""

ID_CHARACTERS = 12


class FailedTask(BaseModel):
    """A task that failed as often as it is tried, with all that is needed to try it again."""

    id: str
    task: str
    queue: str | None = None
    args: list[Any] = []
    """As they travel: JSON, with models as what they are made of."""

    kwargs: dict[str, Any] = {}
    error: str
    traceback: str = ""
    """Its end."""

    failed_on: dt.datetime
    attempts: int


class FailingTask(BaseModel):
    """A scheduled task that has failed every time since then."""

    task: str
    since: dt.datetime
    last_on: dt.datetime
    times: int
    error: str
    traceback: str = ""


class Failures:
    """The failures of one home.

    Parameters
    ----------
    directory
        Where they are kept; made when there is one.
    """

    def __init__(self, directory: Path) -> None:
        self._tasks = directory / "tasks"
        self._scheduled = directory / "scheduled"

    def set_aside(self, failed: FailedTask) -> None:
        """Keep a task that is not tried again by itself; the oldest give way to it."""
        write_atomic(self._tasks / f"{failed.id}.json", failed.model_dump_json(indent=2), 0o600)
        kept = sorted(self._tasks.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        for path in kept[:-MAX_SET_ASIDE]:
            logger.warning("forgot the failed task %s: there are too many", path.stem)
            path.unlink(missing_ok=True)

    def get_set_aside(self) -> list[FailedTask]:
        """Return the tasks that were set aside, the oldest failure first."""
        found = _read_all(self._tasks, FailedTask)
        return sorted(found, key=lambda failed: (failed.failed_on, failed.id))

    def choose(self, ids: Sequence[str] | None) -> list[FailedTask]:
        """Return those with these ids; all if None.

        Raises
        ------
        ParameterError
            If there is none with one of the ids.
        """
        found = self.get_set_aside()
        if ids is None:
            return found
        by_id = {failed.id: failed for failed in found}
        for id_ in ids:
            if id_ not in by_id:
                raise ParameterError(
                    id_,
                    f"no task with the id {id_!r} was set aside",
                    help="acoupi task failed lists those that were",
                )
        return [by_id[id_] for id_ in dict.fromkeys(ids)]

    def forget(self, id_: str) -> None:
        """Remove a task that was set aside, if it was."""
        (self._tasks / f"{id_}.json").unlink(missing_ok=True)

    @property
    def has_set_aside(self) -> bool:
        """Whether a task was set aside."""
        return next(self._tasks.glob("*.json"), None) is not None

    def note_failing(
        self, task: str, error: str, traceback: str, now: dt.datetime, times: int = 1
    ) -> None:
        """Note that a scheduled task has failed, so many times more or for the first time."""
        path = self._scheduled_file(task)
        before = _read(path, FailingTask)
        failing = FailingTask(
            task=task,
            since=now if before is None else min(before.since, now),
            last_on=now,
            times=times if before is None else before.times + times,
            error=error,
            traceback=traceback,
        )
        write_atomic(path, failing.model_dump_json(indent=2), 0o600)

    def note_working(self, task: str) -> bool:
        """Note that a scheduled task succeeded, and tell whether it had been failing."""
        try:
            self._scheduled_file(task).unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def get_failing(self) -> list[FailingTask]:
        """Return the scheduled tasks that keep failing, the longest first."""
        return sorted(_read_all(self._scheduled, FailingTask), key=lambda failing: failing.since)

    def _scheduled_file(self, task: str) -> Path:
        return self._scheduled / f"{quote(task, safe='')}.json"


def failures_of(settings: Settings) -> Failures:
    """Return the failures of a home."""
    return Failures(settings.home / "failed")


def failure_id(task: str, args: Sequence[Any], kwargs: dict[str, Any]) -> str:
    """Return what tells a task with its arguments, as they travel, from every other."""
    text = json.dumps([task, args, kwargs], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:ID_CHARACTERS]


def _read_all(directory: Path, kind: type[M]) -> list[M]:
    found = (_read(path, kind) for path in directory.glob("*.json"))
    return [each for each in found if each is not None]


def _read(path: Path, kind: type[M]) -> M | None:
    """Read a file; None if it has gone meanwhile, or cannot be understood."""
    try:
        return kind.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        if not isinstance(error, FileNotFoundError):
            logger.warning("cannot read %s: %s", path, error)
        return None
