"""Workers and queues, seen from outside."""

import subprocess
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, Field

from acoupi.errors import AcoupiError
from acoupi.system import services
from acoupi.system.brokers import create_app, reaching_broker
from acoupi.system.celery_config import EMBEDDED_BROKER_URL, load_celery_config
from acoupi.system.programs import load_worker_config
from acoupi.system.settings import LogLevel, PoolType, Settings
from acoupi.system.supervisor import detached
from acoupi.system.supervisor.locks import is_held

__all__ = [
    "CeleryState",
    "CeleryStatus",
    "WorkerState",
    "WorkerStatus",
    "get_celery_bin",
    "get_celery_status",
    "purge_queue",
    "purge_queues",
    "restart_workers",
    "run_celery_command",
    "start_workers",
    "stop_workers",
]

PING_TIMEOUT_S = 2.0
DEFAULT_QUEUE = "celery"


class CeleryState(StrEnum):
    """Whether tasks are taken."""

    AVAILABLE = "available"
    UNAVAILABLE = "unavailable"
    ERROR = "error"


class WorkerState(StrEnum):
    """Whether a worker answers."""

    OK = "ok"
    NOTOK = "notok"


class WorkerStatus(BaseModel):
    """One worker."""

    worker_name: str
    state: WorkerState


class CeleryStatus(BaseModel):
    """All workers of the program."""

    state: CeleryState
    workers: list[WorkerStatus] = Field(default_factory=list[WorkerStatus])


def get_celery_bin() -> Path:
    """Return the ``celery`` command beside this Python."""
    return Path(sys.executable).with_name("celery")


def run_celery_command(
    settings: Settings, args: list[str], with_app: bool = True, quiet: bool = False, **kwargs: Any
) -> "subprocess.CompletedProcess[Any]":
    """Run a ``celery`` command for the program that is set up.

    Parameters
    ----------
    settings
        Of the home.
    args
        The command and its options, such as ``["inspect", "ping"]``.
    with_app
        Whether the command needs the program's app.
    quiet
        Whether to leave out Celery's banner.
    **kwargs
        For ``subprocess.run``.
    """
    app = ["-A", settings.app_name] if with_app else []
    command = [sys.executable, "-m", "celery", *app, *(["--quiet"] if quiet else []), *args]
    run = cast("Callable[..., subprocess.CompletedProcess[Any]]", subprocess.run)
    return run(command, **{"cwd": settings.home, "check": False, **kwargs})


def start_workers(
    settings: Settings, pool: PoolType | None = None, log_level: LogLevel | None = None
) -> bool:
    """Start the workers in the background, and return when they are ready.

    Returns
    -------
    bool
        False if they were running already.

    Raises
    ------
    ServiceError
        If they did not become ready.
    """
    return detached.start_detached(_adjusted(settings, pool, log_level), beat=False)


def stop_workers(settings: Settings, log_level: LogLevel | None = None) -> bool:
    """Stop the workers after their running tasks, and return when all are gone.

    Returns
    -------
    bool
        False if none was running.
    """
    del log_level  # the stopping is logged by those who stop
    if services.is_running(settings):  # systemd would start again what only ends
        services.stop_services(settings)
        return True
    return detached.stop_detached(settings)


def restart_workers(settings: Settings, log_level: LogLevel | None = None) -> None:
    """Stop the workers and start them again, as they were started before."""
    if services.is_running(settings):
        services.stop_services(settings)
        services.start_services(settings)
        return
    beat = detached.brings_beat(settings)
    stop_workers(settings)
    detached.start_detached(_adjusted(settings, None, log_level), beat=beat)


def purge_queue(settings: Settings, queue_name: str) -> int:
    """Throw away the tasks that wait in a queue, and return how many they were."""
    connection = cast("Any", create_app(settings).connection_for_write())
    with reaching_broker(settings), connection:
        try:
            return int(connection.default_channel.queue_purge(queue_name) or 0)
        except connection.channel_errors:  # there is no such queue yet
            return 0


def purge_queues(settings: Settings) -> int:
    """Throw away all tasks that wait, and return how many they were.

    What they were to work on is still in the stores, and is found again there.
    """
    return sum(purge_queue(settings, queue) for queue in queue_names(settings))


def queue_names(settings: Settings) -> list[str]:
    """Return every queue that a worker of the program serves."""
    workers = load_worker_config(settings).workers
    return list(dict.fromkeys(q for w in workers for q in w.queues or [DEFAULT_QUEUE]))


def get_celery_status(settings: Settings, timeout_s: float = PING_TIMEOUT_S) -> CeleryStatus:
    """Ask each worker of the program whether it listens."""
    names = [worker.name for worker in load_worker_config(settings).workers]
    if not _may_run(settings):
        return _status(names, set())
    try:
        answering = _ping(settings, names, timeout_s)
    except (AcoupiError, OSError):
        return CeleryStatus(state=CeleryState.ERROR)
    return _status(names, answering)


def _may_run(settings: Settings) -> bool:
    """Tell whether asking is worth the wait: a broker elsewhere may have workers elsewhere."""
    url = load_celery_config(settings.celery_config_file).broker_url
    return not url.startswith(EMBEDDED_BROKER_URL) or is_held(settings.lock_file)


def _ping(settings: Settings, names: list[str], timeout_s: float) -> set[str]:
    app: Any = create_app(settings)
    try:
        # With a limit it returns as soon as all have answered.
        with reaching_broker(settings):
            replies: list[dict[str, Any]] = (
                app.control.ping(timeout=timeout_s, limit=len(names)) or []
            )
    finally:
        app.close()
    return {node.partition("@")[0] for reply in replies for node in reply}


def _status(names: list[str], answering: set[str]) -> CeleryStatus:
    workers = [
        WorkerStatus(
            worker_name=name, state=WorkerState.OK if name in answering else WorkerState.NOTOK
        )
        for name in names
    ]
    available = bool(answering & set(names))
    state = CeleryState.AVAILABLE if available else CeleryState.UNAVAILABLE
    return CeleryStatus(state=state, workers=workers)


def _adjusted(settings: Settings, pool: PoolType | None, log_level: LogLevel | None) -> Settings:
    given = {"celery_pool_type": pool, "log_level": log_level}
    return settings.model_copy(update={key: value for key, value in given.items() if value})
