import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from acoupi.components import (
    BaseFileManager,
    DateFileManager,
    IDFileManager,
    SaveRecordingManager,
)
from acoupi.data import Recording
from acoupi.errors import ParameterError

LIMA = dt.timezone(dt.timedelta(hours=-5))


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    return tmp_path / "storage"


def files_in(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def test_recordings_are_kept_by_date_in_folders_that_sort(
    storage: Path, make_recording: Any
) -> None:
    recording = make_recording()
    path = DateFileManager(storage).get_file_path(recording)
    assert path == Path(f"2024/03/05/20240305_070809_{recording.id}.wav")
    assert not storage.exists()


def test_the_date_is_that_of_utc_in_whatever_zone_a_recording_was_made(
    storage: Path, make_recording: Any
) -> None:
    recording = make_recording(dt.datetime(2024, 12, 31, 21, 30, tzinfo=LIMA))
    path = DateFileManager(storage).get_file_path(recording)
    assert path == Path(f"2025/01/01/20250101_023000_{recording.id}.wav")


def test_recordings_are_kept_by_id(storage: Path, make_recording: Any) -> None:
    recording = make_recording()
    assert IDFileManager(storage).get_file_path(recording) == Path(f"{recording.id}.wav")


@pytest.mark.parametrize("manager", [DateFileManager, IDFileManager, SaveRecordingManager])
def test_saving_copies_the_file_whole_and_leaves_the_original(
    storage: Path, make_recording: Any, manager: Any
) -> None:
    recording = make_recording(content=bytes(range(256)) * 5000)
    path = manager(storage).save_recording(recording)
    assert path.is_relative_to(storage)
    assert path.read_bytes() == recording.path.read_bytes()
    assert files_in(storage) == [path.relative_to(storage)]


@pytest.mark.parametrize("manager", [DateFileManager, IDFileManager, SaveRecordingManager])
def test_saving_again_after_an_interruption_finds_the_copy(
    storage: Path, make_recording: Any, manager: Any
) -> None:
    recording = make_recording()
    first = manager(storage).save_recording(recording)
    assert manager(storage).save_recording(recording) == first
    assert len(files_in(storage)) == 1


def test_saving_a_recording_that_is_kept_already_changes_nothing(
    storage: Path, make_recording: Any
) -> None:
    manager = DateFileManager(storage)
    recording = make_recording()
    path = manager.save_recording(recording)
    assert manager.save_recording(recording.model_copy(update={"path": path})) == path
    assert len(files_in(storage)) == 1


@pytest.mark.parametrize("template", ["always.wav", "{recording.created_on:%H%M}.wav"])
def test_two_recordings_of_one_name_are_both_kept(
    storage: Path, make_recording: Any, template: str
) -> None:
    manager = DateFileManager(storage, template)
    recordings = [make_recording(content=f"sound {n}".encode()) for n in range(3)]
    paths = [manager.save_recording(recording) for recording in recordings]
    assert [path.read_bytes() for path in paths] == [b"sound 0", b"sound 1", b"sound 2"]
    assert [manager.save_recording(recording) for recording in recordings] == paths


def test_two_recordings_of_one_second_are_both_kept_by_result(
    storage: Path, make_recording: Any
) -> None:
    manager = SaveRecordingManager(storage, timeformat="%Y")
    paths = {manager.save_recording(make_recording()) for _ in range(3)}
    assert len(paths) == 3


def test_a_bad_template_is_refused_before_anything_is_recorded(storage: Path) -> None:
    with pytest.raises(ParameterError, match=r"\{recording\.nope\}"):
        DateFileManager(storage, "{recording.nope}.wav")


def test_a_recording_without_a_file_is_refused(storage: Path, make_recording: Any) -> None:
    recording = make_recording().model_copy(update={"path": None})
    with pytest.raises(ValueError, match=str(recording.id)):
        IDFileManager(storage).save_recording(recording)


def test_a_file_that_is_gone_is_named(storage: Path, make_recording: Any) -> None:
    recording = make_recording()
    recording.path.unlink()
    with pytest.raises(FileNotFoundError, match=recording.path.name):
        IDFileManager(storage).save_recording(recording)
    assert not storage.exists()


def test_a_manager_of_ones_own_says_only_where(storage: Path, make_recording: Any) -> None:
    class ByDeployment(BaseFileManager):
        def get_file_path(self, recording: Recording) -> Path:
            return Path(recording.deployment.name, "sound.wav")

    path = ByDeployment(storage).save_recording(make_recording())
    assert path == storage / "wood" / "sound.wav"


@pytest.mark.parametrize(
    ("found", "folder"),
    [
        (None, "."),
        ([], "."),
        ([()], None),
        ([(0.29,)], None),
        ([(0.3,)], "false_detections"),
        ([(0.59,)], "false_detections"),
        ([(0.6,)], "true_detections"),
        ([(0.1,), (0.2, 0.9)], "true_detections"),
    ],
)
def test_the_best_detection_decides_the_folder(
    storage: Path, make_recording: Any, make_output: Any, found: Any, folder: str | None
) -> None:
    recording = make_recording()
    outputs = None if found is None else [make_output(*scores) for scores in found]
    path = SaveRecordingManager(storage).save_recording(recording, outputs)
    if folder is None:
        assert path is None
        assert files_in(storage) == []
    else:
        assert path == storage / folder / f"20240305_070809_{recording.id}.wav"


def test_the_folders_of_results_can_be_chosen(
    storage: Path, tmp_path: Path, make_output: Any
) -> None:
    manager = SaveRecordingManager(storage, tmp_path / "bats", tmp_path / "no_bats")
    assert manager.get_saving_recording_path([make_output(0.9)]) == tmp_path / "bats"
    assert manager.get_saving_recording_path([make_output(0.4)]) == tmp_path / "no_bats"


def test_folders_for_results_are_there_before_anything_is_kept(storage: Path) -> None:
    SaveRecordingManager(storage, storage / "bats", storage / "no_bats")
    assert {path.name for path in storage.iterdir()} == {"bats", "no_bats"}


def test_a_folder_that_cannot_be_made_is_no_reason_not_to_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert SaveRecordingManager(tmp_path / "file" / "recordings")
