"""``acoupi run``: prepare the program once, fork the children, watch them."""

import logging
import math
import multiprocessing
import os
from collections.abc import Sequence
from functools import partial

from acoupi._clock import monotonic_s
from acoupi._logging import configure_logging
from acoupi.config import load_config
from acoupi.programs import AcoupiWorker
from acoupi.system.brokers import prepare_broker_dir
from acoupi.system.programs import load_installed_class, load_worker_config
from acoupi.system.settings import LogLevel, Settings
from acoupi.system.supervisor.beat import beat
from acoupi.system.supervisor.board import Board, Slot
from acoupi.system.supervisor.casualties import Casualties
from acoupi.system.supervisor.children import Child, End
from acoupi.system.supervisor.choosing import choose_workers, refuse_greenlets
from acoupi.system.supervisor.locks import lock_home, noted_pid
from acoupi.system.supervisor.memory_use import limit_mb
from acoupi.system.supervisor.own_log import OwnLog
from acoupi.system.supervisor.policy import RestartPolicy
from acoupi.system.supervisor.preload import freeze, preload
from acoupi.system.supervisor.readiness import Readiness, has_proven_itself
from acoupi.system.supervisor.reports import Reporter
from acoupi.system.supervisor.run_files import RunFiles
from acoupi.system.supervisor.supervisor import Office, Supervisor
from acoupi.system.supervisor.troubles import Teller
from acoupi.system.supervisor.verdicts import Limits
from acoupi.system.supervisor.worker import PreparedProgram, serve

__all__ = ["limits_of", "prepare", "run"]

logger = logging.getLogger(__name__)

BEAT = "beat"
FOR_EVER = 1_000_000_000
BUSY_FACTOR = 3


def run(
    settings: Settings,
    beat: bool = True,
    log_level: LogLevel | None = None,
    workers: Sequence[str] = (),
    again: bool = False,
) -> int:
    """Run the program that is set up, until SIGTERM or SIGINT.

    Parameters
    ----------
    settings
        Of the home.
    beat
        Whether to bring beat along; without it somebody else rings.
    log_level
        Of this process and its children; that of the settings if None.
    workers
        Which of the program's run here; those of the settings if empty.
    again
        Whether this one takes the place of one that was killed; if somebody
        has stopped that meanwhile, nothing is run.

    Returns
    -------
    int
        The exit code of the process.

    Raises
    ------
    NotConfiguredError
        If no program is set up.
    ConfigurationError
        If the program has no worker of a name that is given, or none can run
        in this kind of pool.
    ServiceError
        If it is running already.
    """
    given = {"log_level": log_level, "workers": list(workers)}
    settings = settings.model_copy(update={key: value for key, value in given.items() if value})
    # Programs and their children find their folders by it.
    os.environ["ACOUPI_HOME"] = str(settings.home)
    # Else NumPy, which knows nothing of a model's ``threads``, keeps every core busy.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    configure_logging(settings.log_level)
    refuse_greenlets(settings.celery_pool_type)
    prepared = prepare(settings)
    workers_of_program = load_worker_config(settings).workers
    chosen = choose_workers(workers_of_program, settings.workers)
    preload()
    if again and _was_stopped(settings):
        return 0
    lock_home(settings)
    if again and _was_stopped(settings):  # while we waited
        return 0
    prepare_broker_dir(settings)
    # Elsewhere it might take up what is being recorded here.
    recovering = next((worker.name for worker in workers_of_program), "")
    supervisor = _assemble(settings, prepared, chosen, recovering, beat)
    freeze()
    return supervisor.run()


def prepare(settings: Settings) -> PreparedProgram:
    """Import the program and read its configuration; open nothing."""
    program_class = load_installed_class(settings)
    schema = program_class.get_config_schema()
    return PreparedProgram(program_class, load_config(settings.program_config_file, schema))


def _was_stopped(settings: Settings) -> bool:
    return noted_pid(settings.pid_file("supervisor")) is None


def _assemble(
    settings: Settings,
    prepared: PreparedProgram,
    workers: list[AcoupiWorker],
    recovering: str,
    with_beat: bool,
) -> Supervisor:
    board = Board([*(worker.name for worker in workers), BEAT])
    office = _office(settings, prepared, board)
    office.files.forget_workers()
    office.files.note_pid("supervisor", os.getpid())
    casualties = Casualties(board.abandoned.add)
    ends: dict[str, End] = {}  # each child has a copy of what is known when it is forked

    def worker_child(worker: AcoupiWorker) -> Child:
        recovers = worker.name == recovering
        return Child(
            worker.name,
            partial(serve, settings, prepared, worker, board, recovers, ends),
            board[worker.name],
            limits=limits_of(settings, worker),
            on_overrun=board.abandoned.add,
            on_death=casualties.count,
            on_end=partial(ends.__setitem__, worker.name),
            on_trouble=office.teller.add,
        )

    beat_child = _beat_child(settings, prepared, board[BEAT]) if with_beat else None
    return Supervisor(settings, office, [worker_child(w) for w in workers], beat_child)


def _office(settings: Settings, prepared: PreparedProgram, board: Board) -> Office:
    files = RunFiles(settings)
    readiness = Readiness(
        proven=has_proven_itself(settings),
        started_s=monotonic_s(),
        patience_s=settings.start_timeout_s / 2,
    )
    return Office(
        files=files,
        readiness=readiness,
        reporter=Reporter(files, readiness, lambda: board.last_recorded_on),
        teller=Teller(partial(_tell, settings, prepared)),
        own_log=OwnLog(settings.log_file("supervisor")),
    )


def _beat_child(settings: Settings, prepared: PreparedProgram, slot: Slot) -> Child:
    # Without beat nothing is recorded: there is no point in going on without.
    policy = RestartPolicy(budget=FOR_EVER)
    limits = Limits(stall_s=settings.hang_timeout_s)
    return Child(BEAT, partial(beat, settings, prepared, slot), slot, policy=policy, limits=limits)


def limits_of(settings: Settings, worker: AcoupiWorker) -> Limits:
    """Return how long a worker may take, and how much memory."""
    hang_s = settings.hang_timeout_s
    in_loop = settings.celery_pool_type == "solo"
    return Limits(
        stall_s=hang_s,
        # Tasks beside the loop can slow it down, but not for so long.
        busy_stall_s=math.inf if in_loop else BUSY_FACTOR * hang_s,
        memory_mb=limit_mb(worker.memory_mb, settings.worker_memory_mb),
    )


def _tell(settings: Settings, prepared: PreparedProgram, text: str) -> None:
    multiprocessing.current_process().name = "trouble"
    prepared.build(settings).report_trouble(text)
