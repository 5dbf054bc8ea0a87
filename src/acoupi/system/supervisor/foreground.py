"""``acoupi run``: prepare the program once, fork the children, watch them."""

import logging
import os
from collections.abc import Callable
from functools import partial

from acoupi._logging import configure_logging
from acoupi.config import load_config
from acoupi.errors import ConfigurationError
from acoupi.programs import AcoupiWorker
from acoupi.system.brokers import prepare_broker_dir
from acoupi.system.programs import load_installed_class, load_worker_config
from acoupi.system.settings import LogLevel, Settings
from acoupi.system.supervisor.beat import beat
from acoupi.system.supervisor.board import Board, Slot
from acoupi.system.supervisor.children import Child
from acoupi.system.supervisor.locks import lock_home
from acoupi.system.supervisor.policy import RestartPolicy
from acoupi.system.supervisor.preload import freeze, preload
from acoupi.system.supervisor.supervisor import Supervisor
from acoupi.system.supervisor.worker import PreparedProgram, serve

__all__ = ["prepare", "run"]

logger = logging.getLogger(__name__)

BEAT = "beat"
RESERVED_NAMES = {BEAT, "supervisor"}
FOR_EVER = 1_000_000_000


def run(settings: Settings, beat: bool = True, log_level: LogLevel | None = None) -> int:
    """Run the program that is set up, until SIGTERM or SIGINT.

    Parameters
    ----------
    settings
        Of the home.
    beat
        Whether to bring beat along; without it somebody else rings.
    log_level
        Of this process and its children; that of the settings if None.

    Returns
    -------
    int
        The exit code of the process.

    Raises
    ------
    NotConfiguredError
        If no program is set up.
    ServiceError
        If it is running already.
    """
    settings = settings.model_copy(update={"log_level": log_level or settings.log_level})
    # Programs and their children find their folders by it.
    os.environ["ACOUPI_HOME"] = str(settings.home)
    configure_logging(settings.log_level)
    prepared = prepare(settings)
    workers = _checked_workers(settings)
    preload()
    lock_home(settings)
    prepare_broker_dir(settings)
    supervisor = _assemble(settings, prepared, workers, beat)
    settings.status_file.unlink(missing_ok=True)  # what an earlier one said
    freeze()
    return supervisor.run()


def prepare(settings: Settings) -> PreparedProgram:
    """Import the program and read its configuration; open nothing."""
    program_class = load_installed_class(settings)
    schema = program_class.get_config_schema()
    return PreparedProgram(program_class, load_config(settings.program_config_file, schema))


def _assemble(
    settings: Settings, prepared: PreparedProgram, workers: list[AcoupiWorker], with_beat: bool
) -> Supervisor:
    board = Board([*(worker.name for worker in workers), BEAT])
    children = [
        _worker_child(
            settings, prepared, worker, board[worker.name], recovers=worker is workers[0]
        )
        for worker in workers
    ]
    beat_child = _beat_child(settings, prepared, board[BEAT]) if with_beat else None
    return Supervisor(settings, children, beat_child)


def _worker_child(
    settings: Settings, prepared: PreparedProgram, worker: AcoupiWorker, slot: Slot, recovers: bool
) -> Child:
    main: Callable[[frozenset[str]], int] = partial(
        serve, settings, prepared, worker, slot, recovers
    )
    return Child(worker.name, main, slot)


def _beat_child(settings: Settings, prepared: PreparedProgram, slot: Slot) -> Child:
    # Without beat nothing is recorded: there is no point in going on without.
    policy = RestartPolicy(budget=FOR_EVER)
    return Child(BEAT, lambda _: beat(settings, prepared, slot), slot, policy)


def _checked_workers(settings: Settings) -> list[AcoupiWorker]:
    workers = load_worker_config(settings).workers
    for worker in workers:
        if worker.name in RESERVED_NAMES or "/" in worker.name:
            raise ConfigurationError(
                f"a worker cannot be called {worker.name!r}",
                help="its name becomes a file's; beat and supervisor are taken",
            )
    return workers
