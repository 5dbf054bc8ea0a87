import math
import mmap
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acoupi.system.supervisor import memory_use
from acoupi.system.supervisor.memory_use import (
    SHARE,
    go_first,
    limit_mb,
    machine_mb,
    members_of,
    use_mb,
)

Wait = Callable[..., None]
MB = 1_000_000

EATER = """
import sys
held = bytearray(100_000_000)
held[::4096] = b"x" * len(held[::4096])
sys.stdout.write("full")
sys.stdout.flush()
sys.stdin.read()
"""


@pytest.fixture
def eater() -> Iterator["subprocess.Popen[str]"]:
    """A process with 100 MB that leads a group."""
    process = subprocess.Popen(
        [sys.executable, "-c", EATER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    assert process.stdout is not None
    assert process.stdout.read(4) == "full"
    yield process
    process.kill()
    process.communicate()


def test_what_a_process_holds_is_counted(eater: "subprocess.Popen[str]") -> None:
    assert 100 < use_mb([eater.pid], math.inf) < 200
    assert 100 < use_mb([eater.pid], 0) < 200


def test_all_processes_of_a_group_are_found(eater: "subprocess.Popen[str]") -> None:
    other = subprocess.Popen(["sleep", "100"], process_group=eater.pid)
    try:
        assert set(members_of([eater.pid])[eater.pid]) == {eater.pid, other.pid}
    finally:
        other.kill()
        other.wait()


def test_memory_that_processes_share_counts_once_when_it_matters() -> None:
    shared = mmap.mmap(-1, 50 * MB)
    shared[:] = bytes(50 * MB)
    pid = os.fork()
    if not pid:
        for place in range(0, 50 * MB, 4096):
            shared[place]
        signal.pause()
    try:
        both = [os.getpid(), pid]
        alone_mb = use_mb([os.getpid()], 0)
        assert use_mb(both, math.inf) > use_mb(both, 0) + 50
        assert alone_mb < use_mb([os.getpid()], math.inf)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_a_mapped_file_is_nobodys_memory(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(bytes(50 * MB))
    before_mb = use_mb([os.getpid()], math.inf)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert sum(mapped[::4096]) == 0
        assert use_mb([os.getpid()], math.inf) - before_mb < 25


def test_a_process_that_has_ended_takes_nothing() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    assert use_mb([process.pid], math.inf) == use_mb([process.pid], -1) == 0


@pytest.mark.parametrize(
    ("given_mb", "limit"), [((300, 200), 300), ((None, 200), 200), ((0, 200), math.inf)]
)
def test_who_says_nothing_has_what_the_next_says(
    given_mb: tuple[float | None, ...], limit: float
) -> None:
    assert limit_mb(*given_mb) == limit


def test_where_nobody_says_it_a_worker_may_have_a_share_of_the_machine() -> None:
    assert limit_mb(None, None) == SHARE * machine_mb()


def test_a_container_has_the_least_that_is_around_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proc, groups = tmp_path / "proc", tmp_path / "cgroup"
    (proc / "self").mkdir(parents=True)
    (proc / "self" / "cgroup").write_text("1:cpu:/\n0::/box/sensor\n")
    for folder, says in (("box", "64000000"), ("box/sensor", "max")):
        (groups / folder).mkdir(parents=True, exist_ok=True)
        (groups / folder / "memory.max").write_text(f"{says}\n")
    monkeypatch.setattr(memory_use, "PROC", proc)
    monkeypatch.setattr(memory_use, "CGROUPS", groups)

    assert machine_mb() == 64


def test_a_worker_offers_itself_to_the_kernel() -> None:
    pid = os.fork()
    if not pid:
        go_first()
        os._exit(int(Path("/proc/self/oom_score_adj").read_text()) // 100)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 5
