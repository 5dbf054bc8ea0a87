import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chaos.disk import Disk


@pytest.fixture
def disk(tmp_path: Path, requires: Callable[[object, str, str], None]) -> Iterator[Disk]:
    requires(os.geteuid() == 0, "the right to mount", "run the tests as root")
    requires(Path("/dev/loop-control").exists(), "loop devices", "use a kernel with them")
    disk = Disk(tmp_path / "disk.img", tmp_path / "disk")
    disk.make(64)
    yield disk
    disk.detach()


def write(path: Path, synchronised: bool) -> None:
    with path.open("w") as file:
        file.write("a note")
        file.flush()
        if synchronised:
            os.fsync(file.fileno())


def test_a_disk_without_power_forgets_what_was_not_synchronised(disk: Disk) -> None:
    write(disk.folder / "kept", synchronised=True)
    write(disk.folder / "lost", synchronised=False)

    disk.cut()
    disk.attach()

    assert (disk.folder / "kept").read_text() == "a note"
    assert not (disk.folder / "lost").exists()
