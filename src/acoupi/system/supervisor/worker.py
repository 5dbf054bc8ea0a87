"""One worker: a Celery worker that writes its deadlines on the board."""

import logging
import socket
import warnings
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, cast

from celery import Celery, Task, signals
from celery.exceptions import SecurityWarning
from celery.worker import state
from pydantic import BaseModel

from acoupi.programs import AcoupiProgram, AcoupiWorker
from acoupi.system.brokers import create_app
from acoupi.system.settings import Settings
from acoupi.system.supervisor.board import Slot
from acoupi.system.supervisor.forking import log_to_file

__all__ = ["PreparedProgram", "node_name", "serve"]

logger = logging.getLogger(__name__)

PROGRESS_INTERVAL_S = 1.0
SELF_LIMITING_POOLS = ("prefork", "processes")
DEFAULT_QUEUE = "celery"


@dataclass(frozen=True)
class PreparedProgram:
    """A program that is imported and configured, and has opened nothing yet."""

    program_class: type[AcoupiProgram[Any]]
    config: BaseModel

    def build(self, settings: Settings) -> AcoupiProgram[Any]:
        """Build the program, with an app of its own."""
        return self.program_class(self.config, create_app(settings))


def node_name(worker: AcoupiWorker) -> str:
    """Return what a worker is called in ``celery status``."""
    return f"{worker.name}@{socket.gethostname()}"


def serve(
    settings: Settings,
    prepared: PreparedProgram,
    worker: AcoupiWorker,
    slot: Slot,
    recovers: bool,
    abandoned: Collection[str],
) -> int:
    """Run a worker until it is told to stop.

    Parameters
    ----------
    settings
        Of the home.
    prepared
        The program.
    worker
        Which of its workers.
    slot
        Where to report.
    recovers
        Whether to find interrupted work again before taking tasks.
    abandoned
        Ids of tasks that overran their time limit and must not be tried again.

    Returns
    -------
    int
        The exit code of the process.
    """
    log_to_file(settings, worker.name)
    # With JSON alone nothing that is received can run.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    program = prepared.build(settings)
    if recovers:
        _recover(program)
    _report_to(slot, program.app, settings.celery_pool_type)
    state.revoked.update(abandoned)
    controller = cast("Any", program.app.Worker(**_options(settings, worker)))
    controller.start()
    return int(controller.exitcode or 0)


def _options(settings: Settings, worker: AcoupiWorker) -> dict[str, Any]:
    return {
        "hostname": node_name(worker),
        "queues": worker.queues or [DEFAULT_QUEUE],
        "concurrency": worker.concurrency,
        "pool_cls": settings.celery_pool_type,
        "loglevel": settings.log_level,
        "quiet": True,
        "without_gossip": True,
        "without_mingle": True,
    }


def _recover(program: AcoupiProgram[Any]) -> None:
    """Find interrupted work again; new work is more important than old."""
    try:
        program.recover()
    except Exception:
        logger.exception("recovery failed: what was interrupted waits for the next start")


def _report_to(slot: Slot, app: Celery, pool: str) -> None:
    # A receiver of this signal keeps Celery from setting up its own logging.
    signals.setup_logging.connect(_keep_logging, weak=False)
    signals.worker_ready.connect(_ready_reporter(slot), weak=False)
    if pool not in SELF_LIMITING_POOLS:
        begin, end = _task_reporters(slot, app)
        signals.task_prerun.connect(begin, weak=False)
        signals.task_postrun.connect(end, weak=False)


def _keep_logging(**_: Any) -> None:
    """Leave logging as it is."""


def _ready_reporter(slot: Slot) -> Callable[..., None]:
    def report(sender: Any, **_: Any) -> None:
        sender.timer.call_repeatedly(PROGRESS_INTERVAL_S, slot.report_progress)
        slot.report_ready()

    return report


def _task_reporters(slot: Slot, app: Celery) -> tuple[Callable[..., None], Callable[..., None]]:
    def begin(task_id: str, task: Task, **_: Any) -> None:
        limit_s = _time_limit_s(task, app)
        if limit_s:
            slot.begin_task(task_id, limit_s)

    def end(task_id: str, **_: Any) -> None:
        slot.end_task(task_id)

    return begin, end


def _time_limit_s(task: Task, app: Celery) -> float | None:
    given: tuple[float | None, ...] = task.request.timelimit or (None,)
    configured = cast("float | None", app.conf.task_time_limit)
    return given[0] or cast("float | None", task.time_limit) or configured
