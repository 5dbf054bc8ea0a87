"""What becomes of tasks that fail, noticed in the worker that runs them.

A task that was handed something is tried again, later each time, and then set
aside with it. A scheduled one is not: its next turn comes anyway, and what
counts is whether it has failed ever since.
"""

import contextlib
import json
import logging
import traceback
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from acoupi._clock import monotonic_s, utc_now
from acoupi.system.failures import FailedTask, Failures, failure_id, failures_of
from acoupi.system.settings import Settings

if TYPE_CHECKING:
    from celery import Celery, Task

__all__ = ["MAX_RETRIES", "FailureWatch", "send_again", "watch_failures"]

logger = logging.getLogger(__name__)

MAX_RETRIES = 3
FIRST_WAIT_S = 30.0
"""Before the second attempt; twice as long before the third, and so on."""

NOTE_EVERY_S = 60.0
"""How often it is noted at most that a scheduled task goes on failing."""

TRACEBACK_LINES = 20
ABANDONED = "given up: it overran its time limit, or its process died under it each time"


def watch_failures(settings: Settings, app: "Celery") -> None:
    """Look after the failures of an app's tasks in this process, and those it forks."""
    FailureWatch(failures_of(settings), app).connect()


@dataclass(frozen=True)
class _Run:
    """One run of a task, and what it was handed."""

    task: "Task"
    request: Any

    @property
    def name(self) -> str:
        return cast("str", self.task.name)

    @property
    def is_scheduled(self) -> bool:
        return not (self.request.args or self.request.kwargs)

    @property
    def sent(self) -> tuple[list[Any], dict[str, Any]]:
        """What it was handed, as the JSON that travels."""
        from kombu.utils import json as travelling

        handed: list[Any] = [list(self.request.args or ()), dict(self.request.kwargs or {})]
        args, kwargs = json.loads(cast("Any", travelling).dumps(handed))
        return args, kwargs

    @property
    def failure_id(self) -> str:
        return failure_id(self.name, *self.sent)

    @property
    def queue(self) -> str | None:
        """Where it came from; a routing key of ours is the name of a queue."""
        info = cast("dict[str, str | None]", self.request.delivery_info or {})
        return info.get("routing_key")


class FailureWatch:
    """Hears how tasks end.

    Parameters
    ----------
    failures
        Where failures are kept.
    app
        Whose tasks; those of others are none of its business.
    first_wait_s
        How long a task that failed waits for its second attempt.
    """

    def __init__(
        self, failures: Failures, app: "Celery", first_wait_s: float = FIRST_WAIT_S
    ) -> None:
        self.failures = failures
        self.app = app
        self.first_wait_s = first_wait_s
        self.note_every_s = NOTE_EVERY_S
        self._unnoted: Counter[str] = Counter()
        self._noted_s: dict[str, float] = {}

    def connect(self) -> None:
        """Begin to listen."""
        from celery import signals

        signals.task_failure.connect(self.on_failure, weak=False)
        signals.task_success.connect(self.on_success, weak=False)
        signals.task_revoked.connect(self.on_revoked, weak=False)

    def on_failure(
        self,
        sender: "Task",
        task_id: str,
        exception: BaseException,
        args: Any,
        kwargs: Any,
        **_: Any,
    ) -> None:
        """Try a task again, set it aside, or note that it keeps failing."""
        request = sender.request
        if request.id != task_id:
            request = _of_lost_process(task_id, args, kwargs)
        with self._looking_at(sender, request) as run:
            error, tail = f"{type(exception).__name__}: {exception}", _tail(exception)
            if run is None:
                return
            if not run.is_scheduled and run.request.retries < MAX_RETRIES:
                self._retry(run)
            else:
                self._note(run, error, tail)

    def on_success(self, sender: "Task", **_: Any) -> None:
        """Forget that a task has failed before."""
        with self._looking_at(sender, sender.request) as run:
            if run is None:
                return
            if run.is_scheduled:
                self._note_working(run.name)
            elif self.failures.has_set_aside:
                self.failures.forget(run.failure_id)

    def on_revoked(self, sender: "Task", request: Any, expired: bool, **_: Any) -> None:
        """Note that a task was abandoned; one that came too late is no failure."""
        with self._looking_at(sender, request) as run:
            if run is not None and not expired:
                self._note(run, ABANDONED, "")

    @contextlib.contextmanager
    def _looking_at(self, task: "Task", request: Any) -> Generator[_Run | None]:
        """Give a run if it is one of ours; what cannot be noted does no further harm."""
        try:
            yield _Run(task, request) if getattr(task, "app", None) is self.app else None
        except Exception:
            logger.exception("cannot note how %s ended", task.name)

    def _retry(self, run: _Run) -> None:
        retries = run.request.retries
        wait_s = self.first_wait_s * 2**retries
        run.task.apply_async(
            run.request.args,
            run.request.kwargs,
            task_id=run.request.id,
            retries=retries + 1,
            countdown=wait_s,
            queue=run.queue,
        )
        logger.warning("%s failed, and is tried again in %d s", run.name, wait_s)

    def _note(self, run: _Run, error: str, tail: str) -> None:
        if run.is_scheduled:
            self._note_failing(run.name, error, tail)
            return
        args, kwargs = run.sent
        failed = FailedTask(
            id=run.failure_id,
            task=run.name,
            queue=run.queue,
            args=args,
            kwargs=kwargs,
            error=error,
            traceback=tail,
            failed_on=utc_now(),
            attempts=run.request.retries + 1,
        )
        self.failures.set_aside(failed)
        logger.error("%s is set aside as %s: %s", run.name, failed.id, error)

    def _note_failing(self, name: str, error: str, tail: str) -> None:
        """Count a failure; a card is not to be worn out by a microphone that was unplugged."""
        self._unnoted[name] += 1
        noted_s = self._noted_s.get(name)
        if noted_s is not None and monotonic_s() - noted_s < self.note_every_s:
            return
        self._noted_s[name] = monotonic_s()
        self.failures.note_failing(name, error, tail, utc_now(), self._unnoted.pop(name, 1))

    def _note_working(self, name: str) -> None:
        self._noted_s.pop(name, None)
        self._unnoted.pop(name, None)
        if self.failures.note_working(name):
            logger.info("%s works again", name)


def _of_lost_process(task_id: str, args: Any, kwargs: Any) -> Any:
    """Stand in for the request of a task that a pool ended: it is not tried again."""
    from celery.app.task import Context

    return Context(id=task_id, args=args, kwargs=kwargs, retries=MAX_RETRIES)


def send_again(app: "Celery", failures: Failures, failed: FailedTask) -> None:
    """Send a task that was set aside to its queue again, and then forget it."""
    app.send_task(failed.task, failed.args, failed.kwargs, queue=failed.queue)
    failures.forget(failed.id)


def _tail(exception: BaseException) -> str:
    lines = "".join(traceback.format_exception(exception)).splitlines()
    return "\n".join(lines[-TRACEBACK_LINES:])
