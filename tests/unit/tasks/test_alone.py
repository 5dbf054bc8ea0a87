import errno
import fcntl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from acoupi.tasks import alone as module
from acoupi.tasks.alone import Alone

HOLDER = """
import sys, time
from pathlib import Path
from acoupi.tasks.alone import Alone
path = Path(sys.argv[1])
with Alone(path, is_folder=path.is_dir()).attempt() as alone:
    print(alone, flush=True)
    time.sleep(100)
"""


def is_free(path: Path) -> bool:
    with alone_at(path).attempt() as alone:
        return alone


def alone_at(path: Path) -> Alone:
    return Alone(path, is_folder=path.is_dir())


@pytest.fixture(params=["folder", "file"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path if request.param == "folder" else tmp_path / "messages.db.sending"


def test_only_one_is_let_in_at_a_time(path: Path) -> None:
    first, second = alone_at(path), alone_at(path)
    with first.attempt() as alone:
        assert alone
        for other in (first, second):
            with other.attempt() as also_alone:
                assert not also_alone
    assert is_free(path)


def test_another_process_is_kept_out_until_it_is_killed(path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert not is_free(path)
        holder.kill()
    assert is_free(path)


def test_who_breaks_off_lets_the_next_one_in(path: Path) -> None:
    with pytest.raises(OSError, match="broken"), alone_at(path).attempt():
        raise OSError("broken")
    assert is_free(path)


def test_without_a_file_threads_still_keep_from_each_other() -> None:
    alone, seen = Alone(), list[bool]()

    def look() -> None:
        with alone.attempt() as let_in:
            seen.append(let_in)

    with alone.attempt():
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    look()
    assert seen == [False, True]


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    for missing in (tmp_path / "there", tmp_path / "not" / "there"):
        with Alone(missing, is_folder=True).attempt() as alone:
            assert alone
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_locked_is_locked_by_a_file_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = fcntl.flock

    def as_nfs_does(fd: int, operation: int) -> None:
        if Path(f"/proc/self/fd/{fd}").readlink().is_dir():
            raise OSError(errno.EBADF, "cannot be locked")
        flock(fd, operation)

    monkeypatch.setattr(module.fcntl, "flock", as_nfs_does)
    with alone_at(tmp_path).attempt() as alone:
        assert alone
        assert not is_free(tmp_path)


def test_what_cannot_be_locked_at_all_is_worked_on_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(module.fcntl, "flock", full)
    assert is_free(tmp_path)
    assert "no locks" in caplog.text
