import fcntl
import os
from pathlib import Path

import pytest

from acoupi.audio.segment import finish_part, segment_name, write_part
from acoupi.audio.wav import WavFormat
from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment, Recording
from acoupi.tasks.recovery import UNKNOWN_FILE_AGE_S, generate_recovery_task
from acoupi.testing import write_silence


@pytest.fixture
def waiting_dir(tmp_path: Path) -> Path:
    return tmp_path / "waiting"


def recover(store: SqliteStore, waiting_dir: Path) -> None:
    generate_recovery_task(store, waiting_dir, waiting_dir.parent / "orphans")()


@pytest.fixture
def recording(deployment: Deployment, waiting_dir: Path) -> Recording:
    """A whole file, as a recorder leaves it, that no row speaks of."""
    recording = Recording(duration=1, samplerate=8000, deployment=deployment)
    recording.path = waiting_dir / segment_name(recording)
    part = recording.path.with_suffix(".part")
    write_part(part, recording, WavFormat(8000, 1, 2), 8000, [bytes(16_000)])
    finish_part(part, recording.path)
    return recording


def test_a_file_without_a_row_gets_the_row_it_would_have_had(
    store: SqliteStore, recording: Recording, waiting_dir: Path
) -> None:
    recover(store, waiting_dir)
    [(adopted, _)] = store.get_recordings([recording.id])
    assert adopted == recording


def test_what_is_left_of_a_finished_move_is_removed(
    store: SqliteStore, recording: Recording, waiting_dir: Path, tmp_path: Path
) -> None:
    write_silence(kept_at := tmp_path / "kept.wav")
    store.store_recording(recording)
    store.update_recording_path(recording, kept_at)
    recover(store, waiting_dir)
    assert list(waiting_dir.iterdir()) == []
    assert kept_at.exists()


def test_what_is_left_of_a_recording_let_go_is_removed(
    store: SqliteStore, recording: Recording, waiting_dir: Path
) -> None:
    store.store_recording(recording)
    store.update_recording_path(recording, None)
    recover(store, waiting_dir)
    assert list(waiting_dir.iterdir()) == []


def test_a_file_whose_row_points_to_nothing_is_found_again(
    store: SqliteStore, recording: Recording, waiting_dir: Path, tmp_path: Path
) -> None:
    store.store_recording(recording)
    store.update_recording_path(recording, tmp_path / "gone.wav")
    recover(store, waiting_dir)
    [(found, _)] = store.get_recordings([recording.id])
    assert found.path == recording.path


@pytest.mark.parametrize("age_s", [UNKNOWN_FILE_AGE_S + 1, -1e8])
def test_a_file_that_says_nothing_about_itself_is_set_aside_once_it_is_old(
    store: SqliteStore, waiting_dir: Path, age_s: float
) -> None:
    write_silence(stranger := waiting_dir / "stranger.wav")
    recover(store, waiting_dir)
    assert stranger.exists()
    long_ago = stranger.stat().st_mtime - age_s
    os.utime(stranger, (long_ago, long_ago))
    recover(store, waiting_dir)
    assert [path.name for path in (waiting_dir.parent / "orphans").iterdir()] == ["stranger.wav"]
    assert not stranger.exists()


def test_a_missing_folder_is_nothing_to_recover(store: SqliteStore, waiting_dir: Path) -> None:
    recover(store, waiting_dir)
    assert not waiting_dir.exists()


def cut_off(recording: Recording, n_bytes: int) -> Path:
    """Leave a recording as a killed recorder does: without its last bytes and its name."""
    assert recording.path is not None
    part = recording.path.with_name(recording.path.name + ".part")
    part.write_bytes(recording.path.read_bytes()[:-n_bytes])
    recording.path.unlink()
    return part


def test_a_recording_that_was_cut_off_is_kept_as_far_as_it_goes(
    store: SqliteStore, recording: Recording, waiting_dir: Path
) -> None:
    cut_off(recording, 4000)
    recover(store, waiting_dir)
    [(salvaged, _)] = store.get_recordings([recording.id])
    assert salvaged.duration == 0.75
    assert salvaged.path == recording.path
    assert [path.name for path in waiting_dir.iterdir()] == [salvaged.path and salvaged.path.name]


def test_a_recording_that_was_cut_off_before_its_first_sample_leaves_nothing(
    store: SqliteStore, recording: Recording, waiting_dir: Path
) -> None:
    cut_off(recording, 16_000)
    recover(store, waiting_dir)
    assert list(waiting_dir.iterdir()) == []
    assert store.get_recordings([recording.id]) == []


def test_a_part_beside_a_whole_recording_never_takes_its_place(
    store: SqliteStore, recording: Recording, waiting_dir: Path
) -> None:
    assert recording.path is not None
    whole = recording.path.read_bytes()
    recording.path.with_name(recording.path.name + ".part").write_bytes(whole[:-5000])
    recover(store, waiting_dir)
    assert [path.name for path in waiting_dir.iterdir()] == [recording.path.name]
    assert recording.path.read_bytes() == whole


def test_a_part_that_is_being_written_is_left_alone(
    store: SqliteStore, recording: Recording, waiting_dir: Path
) -> None:
    part = cut_off(recording, 4000)
    with part.open("rb") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        recover(store, waiting_dir)
        assert list(waiting_dir.iterdir()) == [part]


def test_while_others_record_young_files_are_left_to_them(
    store: SqliteStore, recording: Recording, waiting_dir: Path
) -> None:
    generate_recovery_task(store, waiting_dir, waiting_dir, min_age_s=60)()
    assert store.get_recordings([recording.id]) == []
    assert recording.path is not None
    old = recording.path.stat().st_mtime - 61
    os.utime(recording.path, (old, old))
    generate_recovery_task(store, waiting_dir, waiting_dir, min_age_s=60)()
    assert len(store.get_recordings([recording.id])) == 1
