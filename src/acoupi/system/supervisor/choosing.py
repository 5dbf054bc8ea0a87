"""Which of a program's workers run on this machine, and in what."""

from collections.abc import Collection, Sequence

from acoupi.errors import ConfigurationError
from acoupi.programs import AcoupiWorker
from acoupi.system.supervisor.run_files import RESERVED_NAMES

__all__ = ["choose_workers", "refuse_greenlets"]

GREENLET_POOLS = ("gevent", "eventlet")


def choose_workers(workers: Sequence[AcoupiWorker], names: Collection[str]) -> list[AcoupiWorker]:
    """Return the workers of these names in the program's order, or all if none is given.

    Raises
    ------
    ConfigurationError
        If there is no worker of a name, or one cannot have its name.
    """
    for worker in workers:
        if worker.name in RESERVED_NAMES or "/" in worker.name:
            raise ConfigurationError(
                f"a worker cannot be called {worker.name!r}",
                help="its name becomes a file's; beat and supervisor are taken",
            )
    known = [worker.name for worker in workers]
    for name in names:
        if name not in known:
            raise ConfigurationError(
                f"the program has no worker {name!r}", help=f"it has: {', '.join(known)}"
            )
    return [worker for worker in workers if not names or worker.name in names]


def refuse_greenlets(pool: str) -> None:
    """Refuse a pool in which workers would seem ready and never run a task.

    Raises
    ------
    ConfigurationError
        If the pool is one of greenlets: they only turn where nothing waits
        for a device, a database, or a model.
    """
    if pool in GREENLET_POOLS:
        raise ConfigurationError(
            f"tasks of a sensor cannot run in the pool {pool!r}: they wait for devices",
            help="use threads (the default), solo or prefork",
        )
