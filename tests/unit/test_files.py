import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from acoupi._files import (
    copy_durably,
    make_directory,
    move_durably,
    unused_path,
    write_atomic,
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.wav"
    path.write_bytes(bytes(range(256)) * 10_000)
    return path


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_copy_is_whole_and_leaves_the_source(source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "new" / "folder" / "dest.wav"
    assert copy_durably(source, dest) == dest
    assert dest.read_bytes() == source.read_bytes()
    assert names_in(dest.parent) == {"dest.wav"}


def test_a_copy_takes_a_free_name_rather_than_overwrite(source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "dest.wav"
    dest.write_bytes(b"another")
    (tmp_path / "dest-1.wav").write_bytes(b"a third")
    assert copy_durably(source, dest) == tmp_path / "dest-2.wav"
    assert dest.read_bytes() == b"another"


def test_a_copy_that_was_made_before_is_found_again(source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "dest.wav"
    dest.write_bytes(b"another")
    first = copy_durably(source, dest)
    assert copy_durably(source, dest) == first
    assert names_in(tmp_path) == {"source.wav", "dest.wav", "dest-1.wav"}


def test_a_file_that_is_there_already_is_not_copied(source: Path) -> None:
    assert copy_durably(source, source) == source
    assert names_in(source.parent) == {"source.wav"}


def test_a_copy_that_fails_leaves_nothing(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(reader: Any, writer: Any, _: int) -> None:
        writer.write(reader.read(1000))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", fill_the_disk)
    with pytest.raises(OSError, match="No space"):
        copy_durably(source, tmp_path / "folder" / "dest.wav")
    assert names_in(tmp_path / "folder") == set()
    assert source.exists()


def test_a_copy_that_was_killed_is_made_again_and_leaves_nothing(
    source: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    script = (
        "import os, pathlib, shutil, sys; from acoupi._files import copy_durably\n"
        "def die(reader, writer, _):\n"
        "    writer.write(reader.read()); writer.flush(); os.kill(os.getpid(), 9)\n"
        "shutil.copyfileobj = die; copy_durably(*map(pathlib.Path, sys.argv[1:]))"
    )
    command = [sys.executable, "-c", script, str(source), str(folder / "dest.wav")]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert names_in(folder) == {".dest.wav.writing"}

    source.write_bytes(b"shorter")
    copy_durably(source, folder / "dest.wav")

    assert names_in(folder) == {"dest.wav"}
    assert (folder / "dest.wav").read_bytes() == b"shorter"


def test_many_may_write_one_file_at_once(tmp_path: Path) -> None:
    contents = [bytes([n]) * 200_000 for n in range(40)]
    path = tmp_path / "note"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: write_atomic(path, content), contents))

    assert path.read_bytes() in contents
    assert names_in(tmp_path) == {"note"}


def test_a_move_tells_the_owner_before_it_removes_the_source(source: Path, tmp_path: Path) -> None:
    told: list[tuple[Path, bool, bool]] = []
    dest = tmp_path / "dest.wav"
    final = move_durably(
        source, dest, lambda path: told.append((path, path.exists(), source.exists()))
    )
    assert told == [(dest, True, True)]
    assert (final, dest.exists(), source.exists()) == (dest, True, False)


def test_a_move_whose_owner_fails_keeps_the_source(source: Path, tmp_path: Path) -> None:
    def refuse(path: Path) -> None:
        raise RuntimeError("the database is locked")

    with pytest.raises(RuntimeError):
        move_durably(source, tmp_path / "dest.wav", refuse)
    assert source.exists()


def test_a_move_to_where_the_file_is_loses_nothing(source: Path) -> None:
    told: list[Path] = []
    assert move_durably(source, source, told.append) == source
    assert told == [source]
    assert source.exists()


def test_a_folder_is_made_with_its_parents_and_may_be_there(tmp_path: Path) -> None:
    make_directory(tmp_path / "a" / "b" / "c")
    make_directory(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()


def test_a_folder_cannot_be_made_where_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        make_directory(tmp_path / "file")


def test_a_free_name_is_taken_as_it_is(tmp_path: Path) -> None:
    assert unused_path(tmp_path / "free.wav") == tmp_path / "free.wav"
