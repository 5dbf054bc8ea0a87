"""Beat: rings each task when it is due."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from celery.beat import Service

from acoupi._logging import configure_logging
from acoupi._systemd import notify
from acoupi.errors import AcoupiError, ServiceError
from acoupi.system.settings import Settings
from acoupi.system.supervisor.board import Slot
from acoupi.system.supervisor.forking import log_to_file
from acoupi.system.supervisor.locks import acquire, noted_pid, wait_until
from acoupi.system.supervisor.memory import RingMemory
from acoupi.system.supervisor.ringing import SteadyScheduler
from acoupi.system.supervisor.run_files import RunFiles
from acoupi.system.supervisor.worker import PreparedProgram

__all__ = ["beat", "run_beat"]

LOCK_TIMEOUT_S = 5.0


def beat(settings: Settings, prepared: PreparedProgram, slot: Slot) -> int:
    """Ring tasks until told to stop, as a child of the supervisor."""
    log_to_file(settings, "beat")
    _lock_beat(settings)
    slot.report_ready()
    _ring(settings, prepared, slot.report_progress)
    return 0


def run_beat(settings: Settings) -> int:
    """Ring tasks until told to stop, in the foreground; systemd may watch."""
    from acoupi.system.supervisor.foreground import prepare

    configure_logging(settings.log_level)
    _lock_beat(settings)
    signal.signal(signal.SIGTERM, _leave)
    try:
        RunFiles(settings).note_pid("beat", os.getpid())
        prepared = prepare(settings)
        notify(READY=1, STATUS="ringing")
        _ring(settings, prepared, lambda: notify(WATCHDOG=1))
        notify(STOPPING=1)
    finally:
        with contextlib.suppress(OSError):
            settings.pid_file("beat").unlink(missing_ok=True)
    return 0


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End before the first ring, as after it."""
    sys.exit(0)


def _ring(settings: Settings, prepared: PreparedProgram, on_tick: Callable[[], object]) -> None:
    app: Any = prepared.build(settings).app
    memory = RingMemory(settings.run_dir / "rings.json")
    scheduler = partial(SteadyScheduler, on_tick=on_tick, memory=memory)
    service: Any = Service(app, scheduler_cls=scheduler)

    def stop(_number: int, _frame: FrameType | None) -> None:
        service.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    service.start()


def _lock_beat(settings: Settings) -> int:
    """Be the only beat of this home; one that is just ending is waited for."""
    taken: list[int] = []

    def take() -> bool:
        fd = acquire(settings.beat_lock_file)
        taken.extend([] if fd is None else [fd])
        return fd is not None

    if not wait_until(take, LOCK_TIMEOUT_S):
        pid = noted_pid(settings.pid_file("beat"))
        raise ServiceError(
            f"beat of {settings.home} is running already" + (f" (process {pid})" if pid else ""),
            help="two would ring every task twice; stop the other one first",
        )
    return taken[0]


if __name__ == "__main__":
    try:
        sys.exit(run_beat(Settings()))
    except AcoupiError as error:
        sys.stderr.write(f"acoupi: {error}\n{error.help or ''}\n")
        sys.exit(error.exit_code)
