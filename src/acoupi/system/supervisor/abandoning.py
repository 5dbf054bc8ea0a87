"""Which tasks a worker must not try: the supervisor says so, or it lost processes under them."""

from collections.abc import Callable
from typing import Any, cast

from celery import Celery, signals
from celery.exceptions import WorkerLostError
from celery.worker import state
from celery.worker.request import Request
from kombu.utils.imports import symbol_by_name  # pyright: ignore[reportUnknownVariableType]

from acoupi.system.supervisor.board import Abandoned
from acoupi.system.supervisor.casualties import Casualties

__all__ = ["count_losses", "obey"]


def obey(abandoned: Abandoned) -> None:
    """Revoke what is abandoned, also by other workers, before each task."""
    known = 0

    def revoke(**_: Any) -> None:
        nonlocal known
        if len(abandoned) > known:
            known = len(abandoned)
            state.revoked.update(abandoned.read())

    signals.task_received.connect(revoke, weak=False)
    revoke()


def count_losses(app: Celery) -> None:
    """Revoke a task under which processes of a pool keep dying; it would be tried for ever."""
    casualties = Casualties(lambda task_id: state.revoked.add(task_id))
    for task in cast("dict[str, Any]", app.tasks).values():
        request = cast("Callable[[Any], type[Request]]", symbol_by_name)(task.Request)
        task.Request = _counting(request, casualties)


def _counting(base: type[Request], casualties: Casualties) -> type[Request]:
    class CountingRequest(base):
        """Notices that the process is gone that had the task."""

        def on_failure(self, exc_info: Any, *args: Any, **kwargs: Any) -> Any:
            error = exc_info.exception
            # The pool wraps what a process could not tell any more.
            if isinstance(getattr(error, "exc", error), (WorkerLostError, SystemExit)):
                casualties.count([cast("str", self.id)])
            return cast("Any", super()).on_failure(exc_info, *args, **kwargs)

    return CountingRequest
