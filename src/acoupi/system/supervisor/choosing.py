"""Which of a program's workers run on this machine."""

from collections.abc import Collection, Sequence

from acoupi.errors import ConfigurationError
from acoupi.programs import AcoupiWorker
from acoupi.system.supervisor.run_files import RESERVED_NAMES

__all__ = ["choose_workers"]


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
