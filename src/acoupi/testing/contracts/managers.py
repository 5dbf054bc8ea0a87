"""What every saving manager must keep."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.components.types import RecordingSavingManager, Store
from acoupi.data import ModelOutput, Recording
from acoupi.tasks.management import manage_recording
from acoupi.testing import samples

__all__ = ["SavingManagerContract"]

Sound = tuple[Recording, bytes]


class SavingManagerContract:
    """Tests that every saving manager passes, whether it copies, moves or only names a path."""

    def make_manager(self, directory: Path) -> RecordingSavingManager:
        """Return a manager that keeps recordings below ``directory``."""
        raise NotImplementedError

    @pytest.fixture
    def directory(self, tmp_path: Path) -> Path:
        """Return the folder to keep recordings in, which is not there yet."""
        return tmp_path / "kept"

    @pytest.fixture
    def manager(self, directory: Path) -> RecordingSavingManager:
        """Return the manager."""
        return self.make_manager(directory)

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        """Return an empty store."""
        store = SqliteStore(tmp_path / "metadata.db")
        yield store
        store.close()

    @pytest.fixture
    def sounds(self, tmp_path: Path) -> list[Sound]:
        """Return recordings of one second with files that differ, and what is in them."""
        return [make_sound(tmp_path / "waiting", f"sound {n}".encode()) for n in range(3)]

    @pytest.mark.parametrize("found", ["no model", "no output", "nothing", "something"])
    def test_the_place_is_a_path_in_the_folder_or_none(
        self, manager: RecordingSavingManager, directory: Path, sounds: list[Sound], found: str
    ) -> None:
        recording, _ = sounds[0]
        place = manager.save_recording(recording, outputs_of(recording)[found])
        if place is not None:
            assert isinstance(place, Path)
            assert place.is_relative_to(directory)

    def test_the_sound_is_whole_at_its_old_place_or_its_new_one(
        self, manager: RecordingSavingManager, sounds: list[Sound]
    ) -> None:
        recording, content = sounds[0]
        place = manager.save_recording(recording, outputs_of(recording)["something"])
        assert content in [read(recording.path), read(place)]

    def test_recordings_of_one_second_are_all_kept(
        self, manager: RecordingSavingManager, store: Store, sounds: list[Sound]
    ) -> None:
        for recording, _ in sounds:
            manage(recording, manager, store)
        kept = store.get_recordings([recording.id for recording, _ in sounds])
        paths = {recording.id: recording.path for recording, _ in kept}
        for recording, content in sounds:
            path = paths[recording.id]
            assert path is not None
            assert path.read_bytes() == content

    def test_a_file_that_is_there_already_is_not_overwritten(
        self, manager: RecordingSavingManager, store: Store, sounds: list[Sound], tmp_path: Path
    ) -> None:
        recording, content = sounds[0]
        kept_at = manage(recording, manager, store)
        again, other = make_sound(tmp_path / "waiting", b"another", like=recording)
        manage(again, manager, store)
        assert kept_at is not None
        assert kept_at.read_bytes() == content
        kept = store.get_recordings([recording.id])
        assert [r.path and r.path.read_bytes() for r, _ in kept] == [other]


def make_sound(folder: Path, content: bytes, like: Recording | None = None) -> Sound:
    """Make a recording whose file has this content, with the fields of another."""
    made = samples.recording_with_file(folder)
    if like is not None:
        made = like.model_copy(update={"path": made.path})
    assert made.path is not None
    made.path.write_bytes(content)
    return made, content


def outputs_of(recording: Recording) -> dict[str, list[ModelOutput] | None]:
    """Return what models may have said about a recording."""
    return {
        "no model": None,
        "no output": [],
        "nothing": [samples.output(recording)],
        "something": [samples.output(recording, samples.detection(1))],
    }


def read(path: Path | None) -> bytes | None:
    """Return what is in a file, if there is one."""
    return path.read_bytes() if path is not None and path.is_file() else None


def manage(recording: Recording, manager: RecordingSavingManager, store: Store) -> Path | None:
    """Do with one recording what a program does, and return where it is then."""
    store.store_recording(recording)
    logger = logging.getLogger(__name__)
    outputs = outputs_of(recording)["something"] or []
    manage_recording(recording, outputs, store, [manager], logger)
    [(kept, _)] = store.get_recordings([recording.id])
    return kept.path
