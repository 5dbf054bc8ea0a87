"""One worker: a Celery worker that writes its deadlines on the board."""

import logging
import socket
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from celery import signals
from celery.exceptions import SecurityWarning
from pydantic import BaseModel

from acoupi.programs import AcoupiProgram, AcoupiWorker
from acoupi.system.brokers import create_app
from acoupi.system.failing import watch_failures
from acoupi.system.settings import Settings
from acoupi.system.supervisor.abandoning import count_losses, obey
from acoupi.system.supervisor.board import Board
from acoupi.system.supervisor.children import End
from acoupi.system.supervisor.forking import log_to_file
from acoupi.system.supervisor.memory_use import go_first
from acoupi.system.supervisor.reporting import SELF_LIMITING_POOLS, report_to
from acoupi.system.supervisor.warming import prepare

__all__ = ["PreparedProgram", "node_name", "serve"]

logger = logging.getLogger(__name__)

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
    board: Board,
    recovers: bool,
    ends: Mapping[str, End],
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
    board
        Where to report, and which tasks must not be tried.
    recovers
        Whether to find interrupted work again before taking tasks.
    ends
        How the latest process of each worker ended that was not to.

    Returns
    -------
    int
        The exit code of the process.
    """
    log_to_file(settings, worker.name)
    go_first()
    # With JSON alone nothing that is received can run.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    program = prepared.build(settings)
    if worker.name in ends:
        _explain(program, ends[worker.name])
    if recovers:
        _recover(program)
    # A receiver of this signal keeps Celery from setting up its own logging.
    signals.setup_logging.connect(_keep_logging, weak=False)
    report_to(board[worker.name], program.app, settings.celery_pool_type)
    watch_failures(settings, program.app)
    obey(board.abandoned)
    if settings.celery_pool_type in SELF_LIMITING_POOLS:
        count_losses(program.app)
    if worker.name not in ends:  # it may be what that process died of
        patience_s = settings.start_timeout_s / 2
        prepare(program, _queues(worker), settings.celery_pool_type, patience_s)
    controller = cast("Any", program.app.Worker(**_options(settings, worker)))
    controller.start()
    return int(controller.exitcode or 0)


def _queues(worker: AcoupiWorker) -> list[str]:
    return worker.queues or [DEFAULT_QUEUE]


def _options(settings: Settings, worker: AcoupiWorker) -> dict[str, Any]:
    return {
        "hostname": node_name(worker),
        "queues": _queues(worker),
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


def _explain(program: AcoupiProgram[Any], end: End) -> None:
    """Have it noted why the process before this one ended; it does not matter for our work."""
    try:
        program.explain_end(end.pids, end.reason)
    except Exception:
        logger.exception("cannot note why the process before this one ended: %s", end.reason)


def _keep_logging(**_: Any) -> None:
    """Leave logging as it is."""
