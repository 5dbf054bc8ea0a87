import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acoupi.errors import ServiceError
from acoupi.system import Settings
from acoupi.system.supervisor.locks import (
    acquire,
    holders,
    is_held,
    lock_home,
    supervisor_pid,
)

HOLD = """
import os, sys, time
from pathlib import Path
from acoupi.system.supervisor.locks import acquire
acquire(Path(sys.argv[1]))
if sys.argv[2] == "orphan" and os.fork():
    os._exit(0)
print(os.getpid(), flush=True)
time.sleep(60)
"""


Hold = Callable[..., int]


@pytest.fixture
def hold(settings: Settings) -> Iterator[Hold]:
    """``hold()``: let another process take the lock of the home, or inherit it as an orphan."""
    processes: list[subprocess.Popen[str]] = []
    pids: list[int] = []

    def start(how: str = "taker") -> int:
        command = [sys.executable, "-c", HOLD, str(settings.lock_file), how]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout is not None
        pids.append(int(process.stdout.readline()))
        return pids[-1]

    yield start
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for process in processes:
        process.communicate()


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_held(path)

    fd = acquire(path)

    assert fd is not None
    assert is_held(path)
    assert acquire(path) is None
    os.close(fd)
    assert not is_held(path)


def test_the_process_that_holds_a_lock_is_known(settings: Settings, hold: Hold) -> None:
    assert holders(settings.lock_file) == set()

    pid = hold()

    assert holders(settings.lock_file) == {pid}


def test_a_home_that_runs_is_not_run_again(settings: Settings, hold: Hold) -> None:
    pid = hold()
    settings.pid_file("supervisor").write_text(f"{pid}\n")

    with pytest.raises(ServiceError, match=f"process {pid}"):
        lock_home(settings)


def test_a_process_id_that_is_another_process_by_now_is_not_believed(
    settings: Settings, hold: Hold
) -> None:
    hold("orphan")
    settings.pid_file("supervisor").write_text(f"{os.getppid()}\n")

    assert supervisor_pid(settings) is None


def test_children_that_a_supervisor_left_are_ended_when_their_time_is_up(
    settings: Settings, hold: Hold
) -> None:
    orphan = hold("orphan")

    os.close(lock_home(settings, orphans_timeout_s=0.1))

    assert orphan not in holders(settings.lock_file)


def test_a_supervisor_that_could_not_note_its_process_id_is_known_by_its_lock(
    settings: Settings, hold: Hold
) -> None:
    pid = hold()

    assert supervisor_pid(settings) == pid
    with pytest.raises(ServiceError, match=f"process {pid}"):
        lock_home(settings)
