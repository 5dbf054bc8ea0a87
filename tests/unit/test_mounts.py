from pathlib import Path

import pytest

from acoupi._mounts import is_networked, kind_of, needs_network

MOUNTED = [
    (Path("/"), "ext4"),
    (Path("/mnt"), "tmpfs"),
    (Path("/mnt/meadow"), "nfs4"),
    (Path("/mnt/meadow"), "cifs"),
]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/pi/storages", "ext4"),
        ("/mnt", "tmpfs"),
        ("/mnt/meadows", "tmpfs"),
        ("/mnt/meadow/metadata.db", "cifs"),
    ],
)
def test_the_nearest_mount_above_counts_and_of_two_there_the_later(path: str, kind: str) -> None:
    assert kind_of(Path(path), MOUNTED) == kind


def test_a_root_that_shows_no_mount_is_of_no_known_kind() -> None:
    assert kind_of(Path("/srv"), []) == ""


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "9p", "fuse.sshfs"])
def test_what_may_be_another_computer_s_is_known(kind: str) -> None:
    assert needs_network(kind)


@pytest.mark.parametrize("kind", ["ext4", "f2fs", "btrfs", "tmpfs", "overlay", "fuseblk", "vfat"])
def test_a_disk_of_this_computer_is_not_taken_for_another_s(kind: str) -> None:
    assert not needs_network(kind)


def test_the_tests_run_on_a_disk_of_this_computer(tmp_path: Path) -> None:
    assert not is_networked(tmp_path / "not there yet")
