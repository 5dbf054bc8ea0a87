# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu and Celery have no type information.
"""The embedded broker on a disk that is full, and among the files of another user."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from crews import Broker, Crew
from kombu import Connection
from kombu.exceptions import OperationalError

from acoupi import broker
from acoupi.broker.file import DAMAGED_KEPT
from acoupi.errors import ConfigurationError

WaitUntil = Callable[..., None]

NOBODY = 65534

pytestmark = pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded:DeprecationWarning"
)
needs_root = pytest.mark.usefixtures("as_root")


def open_broker(path: Path) -> Connection:
    broker.register()
    return Connection("embedded://", transport_options={"path": str(path)})


def put(path: Path, body: str) -> None:
    with open_broker(path) as connection:
        queue = connection.SimpleQueue("tasks")
        queue.put(body)
        queue.close()


@pytest.fixture
def shared_folder() -> Generator[Path]:
    """A folder that other users may enter, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def filling(small_disk: Path) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """``with filling():`` leaves no byte on the disk."""

    @contextlib.contextmanager
    def fill() -> Generator[None]:
        filler = small_disk / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1024))
        yield
        filler.unlink()

    return fill


@needs_root
def test_workers_finish_what_waits_on_a_full_disk_and_go_on_when_there_is_room(
    small_disk: Path,
    filling: Callable[[], contextlib.AbstractContextManager[None]],
    tmp_path: Path,
    wait_until: WaitUntil,
) -> None:
    on_disk = Broker("embedded://", {"path": str(small_disk / "broker.db"), "sweep_interval": 0.5})
    broker.register()
    with contextlib.closing(Crew(tmp_path / "crew", on_disk, wait_until)) as crew:
        worker = crew.start()
        names = [str(n) for n in range(5)]
        for name in names:
            crew.send(name, 0.2)
        with filling():
            with pytest.raises(OperationalError, match="no room"):
                send_for_ever(crew)
            wait_until(lambda: set(names) <= set(crew.noted("done")))
        wait_until(lambda: crew.waiting() == 0)
        crew.send("after")
        wait_until(lambda: "after" in crew.noted("done"))
        assert worker.poll() is None


def send_for_ever(crew: Crew) -> None:
    for _ in range(1000):
        crew.send("x" * 1000)


@needs_root
def test_files_that_root_left_are_set_aside(shared_folder: Path) -> None:
    path = shared_folder / "run" / "broker.db"
    put(path, "of root")
    os.chown(path.parent, NOBODY, NOBODY)

    assert as_nobody(lambda: put(path, "of nobody"))

    assert path.stat().st_uid == NOBODY
    assert broker.queue_sizes(path) == {"tasks": 1}
    assert len(list(path.parent.glob("broker.db.damaged-*Z"))) == 1


@needs_root
def test_what_root_makes_belongs_to_the_owner_of_the_folder(shared_folder: Path) -> None:
    path = shared_folder / "run" / "broker.db"
    path.parent.mkdir()
    os.chown(path.parent, NOBODY, NOBODY)
    with open_broker(path) as connection:
        connection.default_channel.queue_declare("tasks")
        assert {file.stat().st_uid for file in path.parent.iterdir()} == {NOBODY}


@needs_root
def test_a_folder_of_another_user_is_named_with_what_to_do(shared_folder: Path) -> None:
    path = shared_folder / "run" / "broker.db"
    put(path, "of root")

    def is_told() -> None:
        with pytest.raises(ConfigurationError, match=str(path)) as caught:
            put(path, "of nobody")
        assert f"chown -R {NOBODY} {path.parent}" in str(caught.value.help)

    assert as_nobody(is_told)
    assert broker.queue_sizes(path) == {"tasks": 1}


def test_of_many_damaged_files_the_newest_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "broker.db"
    for n in range(DAMAGED_KEPT + 2):
        path.write_bytes(f"{n} is no database".encode() * 400)
        path.with_name("broker.db-wal").unlink(missing_ok=True)
        put(path, "x")
    kept = sorted(tmp_path.glob("broker.db.damaged-*Z"))
    assert [file.read_bytes()[0:1] for file in kept] == [b"2", b"3", b"4"]


def test_the_file_and_its_journal_do_not_grow_with_what_passes_through(tmp_path: Path) -> None:
    path = tmp_path / "broker.db"
    with open_broker(path) as connection:
        queue = connection.SimpleQueue("tasks")
        for _ in range(3000):
            queue.put("x" * 1000)
            queue.get(timeout=1).ack()
        queue.close()
        assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 2_500_000


def as_nobody(act: Callable[[], None]) -> bool:
    """Run something in a child that is another user; tell whether it went well."""
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            act()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
