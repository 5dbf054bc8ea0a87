"""What a process works on, and whether somebody still does.

A claim is a lock on one byte of a file, at an offset that stands for the thing
claimed. The kernel lets go of it when the process ends, however it ends, and it
is seen from every namespace; a process id alone gives neither. What is not seen
is another machine: of its claims it is believed that they last a while.
"""

import datetime as dt
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

__all__ = ["LEASE", "MAX_SKEW", "Claims", "Owner"]

LEASE = dt.timedelta(minutes=15)
"""How long a claim of another machine is believed."""

MAX_SKEW = dt.timedelta(minutes=1)
"""How far ahead another machine's clock may be; a claim from later is not believed."""

MACHINE_ID = Path("/etc/machine-id")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
START_FIELD = 19
"""Of /proc/PID/stat after the name, which may hold spaces: field 22 of proc_pid_stat(5)."""

OFFSETS = 1 << 62


@dataclass(frozen=True)
class Owner:
    """One process, told from every other that ever was on any machine."""

    machine: str
    boot: str
    pid: int
    started: int
    """Clock ticks from the boot to its start; a process id alone is used again."""

    def __str__(self) -> str:
        return f"{self.machine}/{self.boot}/{self.pid}/{self.started}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``str`` wrote."""
        machine, boot, pid, started = text.split("/")
        return cls(machine, boot, int(pid), int(started))

    @classmethod
    def this_process(cls) -> Self:
        """Return who runs this."""
        machine = _read(MACHINE_ID) or os.uname().nodename
        stat = Path("/proc/self/stat").read_text()
        started = int(stat.rpartition(")")[2].split()[START_FIELD])
        return cls(machine, _read(BOOT_ID), os.getpid(), started)

    def is_elsewhere(self, other: "Owner") -> bool:
        """Tell whether the other one is on another machine, where it cannot be seen."""
        return self.boot != other.boot and self.machine != other.machine


class Claims:
    """Claims on things with an id, held by this process or another.

    Between threads of one process they do not tell. Whoever looks and whoever
    takes must not do so at the same time: hold the database's write lock.

    Parameters
    ----------
    path
        The file whose bytes are locked; made when first used, and always empty.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def take(self, id_: UUID) -> bool:
        """Claim something until it is released or this process ends; False if another has it."""
        file = _opened(self.path)
        try:
            fcntl.lockf(file.fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _offset(id_))
        except BlockingIOError:
            return False
        file.held.add(id_)
        return True

    def release(self, id_: UUID) -> None:
        """Let go of something; of what is not held, nothing happens."""
        file = _files.get(_key(self.path))
        if file is not None and id_ in file.held:
            file.held.discard(id_)
            fcntl.lockf(file.fd, fcntl.LOCK_UN, 1, _offset(id_))

    def is_held(self, id_: UUID) -> bool:
        """Tell whether a process of this machine, maybe this one, has it."""
        file = _opened(self.path)
        if id_ in file.held:
            return True
        try:
            fcntl.lockf(file.fd, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, _offset(id_))
        except BlockingIOError:
            return True
        fcntl.lockf(file.fd, fcntl.LOCK_UN, 1, _offset(id_))
        return False

    @staticmethod
    def is_leased(owner: Owner, since: dt.datetime, now: dt.datetime) -> bool:
        """Tell whether what a process took ``since`` then on another machine is still its own."""
        elsewhere = Owner.this_process().is_elsewhere(owner)
        return elsewhere and -MAX_SKEW <= now - since < LEASE


@dataclass(frozen=True)
class _File:
    fd: int
    held: set[UUID]


# One for each process and file: to close it anywhere would give up every lock on it,
# and a fork has none of its parent's.
_files: dict[tuple[int, Path], _File] = {}


def _key(path: Path) -> tuple[int, Path]:
    return os.getpid(), path.resolve()


def _opened(path: Path) -> _File:
    key = _key(path)
    if key not in _files:
        path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        _files.setdefault(key, _File(fd, set()))
    return _files[key]


def _offset(id_: UUID) -> int:
    return id_.int % OFFSETS


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
