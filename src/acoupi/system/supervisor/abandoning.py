"""Which tasks a worker must not try: the supervisor says so, or it lost processes under them."""

from typing import Any, cast

from celery import Celery, signals
from celery.exceptions import WorkerLostError
from celery.worker import state
from celery.worker.request import Request

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

    class CountingRequest(Request):
        """Notices that the process is gone that had the task."""

        def on_failure(self, exc_info: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(exc_info.exception, (WorkerLostError, SystemExit)):
                casualties.count([cast("str", self.id)])
            return cast("Any", super()).on_failure(exc_info, *args, **kwargs)

    app.Task.Request = CountingRequest
