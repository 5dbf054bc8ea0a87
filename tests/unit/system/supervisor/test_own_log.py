import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from acoupi.system.supervisor.own_log import OwnLog


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "supervisor.log"


@pytest.fixture
def fd(path: Path) -> Iterator[int]:
    """As the shell gives it to who logs in the background."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    yield fd
    os.close(fd)


def test_a_log_that_children_print_into_never_outgrows_its_bound(path: Path, fd: int) -> None:
    log = OwnLog(path, max_bytes=1000, fd=fd)

    for i in range(1000):
        os.write(fd, f"line {i:04}\n".encode())
        log.shorten()

    kept = path.with_name("supervisor.log.1")
    assert path.stat().st_size <= 1010
    assert kept.stat().st_size == 1000
    assert (kept.read_text() + path.read_text()).endswith("line 0998\nline 0999\n")
    assert {p.name for p in path.parent.iterdir()} == {path.name, kept.name}


def test_of_what_came_too_fast_only_the_end_is_kept(path: Path, fd: int) -> None:
    os.write(fd, b"x" * 100_000 + b"end\n")

    OwnLog(path, max_bytes=1000, fd=fd).shorten()

    kept = path.with_name("supervisor.log.1").read_bytes()
    assert (len(kept), kept[-4:]) == (1000, b"end\n")
    assert path.stat().st_size == 0


def test_a_log_is_emptied_also_where_no_copy_can_be_kept(path: Path, fd: int) -> None:
    path.with_name("supervisor.log.1").mkdir()
    os.write(fd, b"x" * 2000)

    OwnLog(path, max_bytes=1000, fd=fd).shorten()

    assert path.stat().st_size == 0


def test_a_log_that_is_not_our_output_is_left_alone(path: Path, fd: int, tmp_path: Path) -> None:
    os.write(fd, b"x" * 2000)
    other = os.open(tmp_path / "journal", os.O_WRONLY | os.O_CREAT)

    OwnLog(path, max_bytes=1000, fd=other).shorten()
    OwnLog(tmp_path / "absent.log", max_bytes=1000, fd=fd).shorten()

    assert path.stat().st_size == 2000
    os.close(other)
