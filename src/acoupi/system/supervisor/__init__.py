"""One process that starts the others, watches them and stops them in order.

The parent imports what its children need and forks them, so that they share
that memory. It opens no database and no connection itself.
"""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.system.supervisor.beat import run_beat as run_beat
    from acoupi.system.supervisor.detached import (
        start_detached as start_detached,
        stop_detached as stop_detached,
    )
    from acoupi.system.supervisor.foreground import run as run
    from acoupi.system.supervisor.locks import supervisor_pid as supervisor_pid

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "run": ".foreground",
        "run_beat": ".beat",
        "start_detached": ".detached",
        "stop_detached": ".detached",
        "supervisor_pid": ".locks",
    },
)
