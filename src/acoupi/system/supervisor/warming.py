"""What a worker loads before its first task, such as a model: in the process that needs it."""

import logging
import threading
from collections.abc import Collection
from typing import Any

from celery import signals

from acoupi.programs import AcoupiProgram
from acoupi.system.supervisor.reporting import SELF_LIMITING_POOLS

__all__ = ["prepare"]

logger = logging.getLogger(__name__)


def prepare(
    program: AcoupiProgram[Any], queues: Collection[str], pool: str, patience_s: float
) -> None:
    """Have a program made ready for the tasks of these queues.

    In a pool of processes each of them is, when it begins: what a library
    starts, such as its threads, does not survive a fork. What fails or takes
    longer than ``patience_s`` keeps no worker from its work; each task then
    meets it, within its time limit.
    """
    if pool not in SELF_LIMITING_POOLS:
        _prepare_within(program, queues, patience_s)
        return
    # Celery gives up a process that says nothing for so long after its start.
    program.app.conf.worker_proc_alive_timeout = 2 * patience_s

    def begin(**_: Any) -> None:
        _prepare_within(program, queues, patience_s)

    signals.worker_process_init.connect(begin, weak=False)


def _prepare_within(
    program: AcoupiProgram[Any], queues: Collection[str], patience_s: float
) -> None:
    thread = threading.Thread(
        target=_prepare, args=[program, queues], name="preparing", daemon=True
    )
    thread.start()
    thread.join(patience_s)
    if thread.is_alive():
        logger.warning("not prepared within %.0f s: the first task waits for it", patience_s)


def _prepare(program: AcoupiProgram[Any], queues: Collection[str]) -> None:
    try:
        program.prepare_worker(queues)
    except Exception:
        logger.exception("could not be prepared for the queues %s", ", ".join(queues))
