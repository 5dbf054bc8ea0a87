from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from acoupi._home import lies_in_memory
from acoupi.audio.segment import annotate
from acoupi.components.stores import SqliteStore
from acoupi.components.stores.sqlite.listing import Selection, list_recordings
from acoupi.components.types import FILE_IS_GONE, ProcessingLog, Store
from acoupi.data import Deployment, ModelOutput, Recording
from acoupi.tasks import missing
from acoupi.tasks.missing import generate_missing_files_task
from acoupi.tasks.recovery import generate_recovery_task
from acoupi.testing import write_silence


@pytest.fixture
def waiting_dir(tmp_path: Path) -> Path:
    return tmp_path / "waiting"


@pytest.fixture
def kept_dir(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def lost(store: SqliteStore, deployment: Deployment, waiting_dir: Path) -> Recording:
    """A row whose file is not there."""
    recording = Recording(duration=1, samplerate=8000, deployment=deployment)
    recording.path = waiting_dir / f"{recording.id}.wav"
    store.store_recording(recording)
    return recording


def look(store: Store, waiting_dir: Path, in_memory: bool = True) -> None:
    kept_dir = waiting_dir.with_name("kept")
    generate_missing_files_task(store, waiting_dir, kept_dir, in_memory=in_memory)()


def path_of(store: SqliteStore, recording: Recording) -> Path | None:
    [(found, _)] = store.get_recordings([recording.id])
    return found.path


@pytest.mark.parametrize("name", ["20260501_{id}.wav", "call.wav"])
def test_a_file_that_was_moved_before_its_row_was_updated_is_found_where_it_is_kept(
    store: SqliteStore, lost: Recording, waiting_dir: Path, kept_dir: Path, name: str
) -> None:
    kept_at = kept_dir / "2026" / name.format(id=lost.id)
    write_silence(kept_at)
    annotate(kept_at, lost)
    look(store, waiting_dir)
    assert path_of(store, lost) == kept_at
    assert store.get_failure(lost) is None


def test_a_recording_whose_file_is_gone_is_set_aside(
    store: SqliteStore, lost: Recording, waiting_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    look(store, waiting_dir)
    assert path_of(store, lost) is None
    assert store.get_failure(lost) == FILE_IS_GONE
    assert store.get_unprocessed_recordings() == []
    assert str(lost.path) in caplog.text


def test_what_was_processed_before_its_file_was_gone_stays_processed(
    store: SqliteStore, lost: Recording, waiting_dir: Path
) -> None:
    store.end_processing(lost, "done")
    look(store, waiting_dir)
    assert path_of(store, lost) is None
    assert store.get_failure(lost) is None


@pytest.mark.parametrize("ended", [True, False])
def test_a_recording_that_was_lost_is_not_listed_as_let_go(
    store: SqliteStore, lost: Recording, waiting_dir: Path, ended: bool
) -> None:
    if ended:
        store.end_processing(lost, "done")
    look(store, waiting_dir)
    [line] = list_recordings(store.db_path, waiting_dir, Selection())
    assert (line.state, line.reason) == ("lost", FILE_IS_GONE)


def test_a_file_that_is_there_is_left_alone(
    store: SqliteStore, lost: Recording, waiting_dir: Path
) -> None:
    assert lost.path is not None
    write_silence(lost.path)
    look(store, waiting_dir)
    assert path_of(store, lost) == lost.path


def test_a_folder_on_a_disk_may_be_mounted_again(
    store: SqliteStore, lost: Recording, waiting_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 100.0
    monkeypatch.setattr(missing, "monotonic_s", lambda: now_s)
    task = generate_missing_files_task(store, waiting_dir, waiting_dir)
    task()
    now_s += missing.DISK_PATIENCE_S - 1
    task()
    assert path_of(store, lost) == lost.path
    now_s += 1
    task()
    assert path_of(store, lost) is None


def test_a_file_that_comes_back_after_all_is_tried_again(
    store: SqliteStore, lost: Recording, waiting_dir: Path
) -> None:
    look(store, waiting_dir)
    assert lost.path is not None
    write_silence(lost.path)
    annotate(lost.path, lost)
    generate_recovery_task(store, waiting_dir, waiting_dir)()
    assert path_of(store, lost) == lost.path
    assert store.get_failure(lost) is None
    assert [recording.id for recording in store.get_unprocessed_recordings()] == [lost.id]


class Moving(SqliteStore):
    """A store in which a recording is moved while somebody looks."""

    def get_recordings_in(self, folder: Path) -> list[Recording]:
        found = super().get_recordings_in(folder)
        for recording in found:
            self.update_recording_path(recording, folder.with_name("elsewhere.wav"))
        return found


def test_what_is_moved_meanwhile_is_not_taken_for_gone(
    tmp_path: Path, lost: Recording, waiting_dir: Path
) -> None:
    store = Moving(tmp_path / "metadata.db")
    look(store, waiting_dir)
    assert path_of(store, lost) == tmp_path / "elsewhere.wav"
    assert store.get_failure(lost) is None


class Plain:
    """A store with nothing but what every store must have."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def get_recordings(self, ids: list[UUID]) -> list[tuple[Recording, list[ModelOutput]]]:
        return self._store.get_recordings(ids)

    def get_recordings_info_by_path(self, paths: Sequence[Path | None]) -> list[object]:
        return []


def test_a_store_that_cannot_say_what_should_be_there_is_left_alone(
    store: SqliteStore, lost: Recording, waiting_dir: Path
) -> None:
    plain = Plain(store)
    assert not isinstance(plain, ProcessingLog)
    look(plain, waiting_dir)  # type: ignore[arg-type]
    assert path_of(store, lost) == lost.path


def test_what_lies_in_memory_is_told_by_its_mount(tmp_path: Path) -> None:
    assert lies_in_memory(Path("/dev/shm/acoupi-1/not-there-yet"))
    assert not lies_in_memory(Path("/proc/self"))
