"""Who runs this home: a lock that lasts as long as the last process of it.

The supervisor's children inherit its lock. So the lock is free exactly when
all are gone, and no process id has to be believed that was only written down.
"""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from acoupi._clock import monotonic_s
from acoupi.errors import ServiceError
from acoupi.system.settings import Settings

__all__ = [
    "acquire",
    "holders",
    "is_held",
    "lock_home",
    "noted_pid",
    "supervisor_pid",
    "wait_until",
    "wait_until_free",
]

PROC = Path("/proc")
POLL_S = 0.02
ORPHANS_TIMEOUT_S = 3.0
"""How long children of a supervisor that is gone may take to finish their tasks."""


def acquire(path: Path) -> int | None:
    """Take a lock for this process and all it forks, or return None if it is held.

    Returns
    -------
    int or None
        The file descriptor that holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    return fd


def is_held(path: Path) -> bool:
    """Tell whether any process holds a lock."""
    try:
        fd = os.open(path, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def holders(path: Path) -> set[int]:
    """Return the other processes that have a lock's file open."""
    target = str(path.resolve())
    pids = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
    return {pid for pid in pids if pid != os.getpid() and target in _open_files(pid)}


def supervisor_pid(settings: Settings) -> int | None:
    """Return the process id of the supervisor of this home, or None if none runs."""
    living = holders(settings.lock_file)
    noted = noted_pid(settings.pid_file("supervisor"))
    pid = noted if noted in living else _taker(settings.lock_file)
    return pid if pid in living else None


def lock_home(settings: Settings, orphans_timeout_s: float = ORPHANS_TIMEOUT_S) -> int:
    """Become the supervisor of this home.

    Children that a killed supervisor left behind get a little time to finish.

    Raises
    ------
    ServiceError
        If another supervisor runs.
    """
    deadline_s = monotonic_s() + orphans_timeout_s
    orphans = holders(settings.lock_file)
    while (fd := acquire(settings.lock_file)) is None:
        _refuse_second(settings)
        if monotonic_s() > deadline_s:
            _kill(orphans & holders(settings.lock_file))
            deadline_s = monotonic_s() + orphans_timeout_s
        time.sleep(POLL_S)
    return fd


def wait_until(condition: Callable[[], bool], timeout_s: float) -> bool:
    """Wait until something holds; tell whether it did in time."""
    deadline_s = monotonic_s() + timeout_s
    while not (held := condition()) and monotonic_s() < deadline_s:
        time.sleep(POLL_S)
    return held


def wait_until_free(path: Path, timeout_s: float) -> bool:
    """Wait until all processes that hold a lock are gone."""
    return wait_until(lambda: not is_held(path), timeout_s)


def noted_pid(path: Path) -> int | None:
    """Return the process id that a file claims, or None."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _refuse_second(settings: Settings) -> None:
    pid = supervisor_pid(settings)
    if pid is not None:
        raise ServiceError(
            f"the sensor in {settings.home} is running already (process {pid})",
            help="stop it with: acoupi deployment stop, or acoupi workers stop",
        )


def _taker(path: Path) -> int | None:
    """Return who took a lock, as the kernel remembers it; a full disk kept us from noting it."""
    with contextlib.suppress(OSError):
        inode = str(path.stat().st_ino)
        for line in (PROC / "locks").read_text().splitlines():
            # 1: FLOCK  ADVISORY  WRITE 708 08:02:131 0 EOF
            kind, _, _, pid, place = line.split()[1:6]
            if kind == "FLOCK" and place.rpartition(":")[2] == inode:
                return int(pid)
    return None


def _kill(pids: set[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def _open_files(pid: int) -> set[str]:
    files: set[str] = set()
    with contextlib.suppress(OSError):
        for fd in os.scandir(PROC / str(pid) / "fd"):
            with contextlib.suppress(OSError):
                files.add(str(Path(fd.path).readlink()))
    return files
