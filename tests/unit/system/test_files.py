from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from acoupi.data import Deployment, Recording
from acoupi.errors import ParameterError
from acoupi.system.files import (
    delete_recording,
    get_temp_dir,
    get_temp_file_id,
    get_temp_files,
    move_recording,
)

ID = UUID("9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d")


def recording(path: Path | None) -> Recording:
    return Recording(
        path=path,
        duration=3,
        samplerate=48_000,
        created_on=datetime(2026, 5, 1, tzinfo=UTC),
        deployment=Deployment(name="lake"),
    )


@pytest.mark.parametrize("name", [f"20260501_220000_{ID}.wav", f"{ID}.wav"])
def test_the_id_of_a_recording_is_read_from_its_file(name: str) -> None:
    assert get_temp_file_id(Path("/tmp") / name) == ID


def test_a_file_with_another_name_has_no_id() -> None:
    with pytest.raises(ParameterError, match=r"song\.wav"):
        get_temp_file_id(Path("/tmp/song.wav"))


def test_only_whole_sound_files_are_listed(tmp_path: Path) -> None:
    for name in ("b.wav", "a.wav", "c.wav.part", ".replay-1.json"):
        (tmp_path / name).touch()

    assert [path.name for path in get_temp_files(tmp_path)] == ["a.wav", "b.wav"]


def test_a_recording_is_moved_and_deleted(tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    source.write_bytes(b"sound")

    moved = move_recording(recording(source), tmp_path / "kept" / "a.wav")
    assert moved is not None

    assert moved == tmp_path / "kept" / "a.wav"
    assert moved.read_bytes() == b"sound"
    assert not source.exists()
    delete_recording(recording(moved))
    assert not moved.exists()
    delete_recording(recording(moved))


@pytest.mark.parametrize("path", [None, Path("/nowhere/a.wav")])
def test_a_recording_without_a_file_is_not_moved(tmp_path: Path, path: Path | None) -> None:
    assert move_recording(recording(path), tmp_path / "a.wav") is None


def test_the_waiting_place_on_the_card_is_in_the_home(home: Path) -> None:
    assert get_temp_dir(in_memory=False) == home / "tmp"
