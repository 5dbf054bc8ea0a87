from pathlib import Path

import pytest

from acoupi.components.saving_managers import DateFileManager
from acoupi.components.stores import SqliteStore
from acoupi.components.types import RecordingSavingManager
from acoupi.data import Deployment, ModelOutput, Recording
from acoupi.tasks import generate_file_management_task
from acoupi.tasks.management import (
    ProcessedByRequiredModels,
    ProcessingHasEnded,
    SavingRule,
)
from acoupi.testing import Answer, FakeRecorder


@pytest.fixture
def waiting_dir(tmp_path: Path) -> Path:
    return tmp_path / "waiting"


@pytest.fixture
def recordings(store: SqliteStore, deployment: Deployment, waiting_dir: Path) -> list[Recording]:
    recorder = FakeRecorder(waiting_dir)
    made = [recorder.record(deployment) for _ in range(3)]
    for recording in made:
        store.store_recording(recording)
    return made


def path_of(store: SqliteStore, recording: Recording) -> Path | None:
    [(stored, _)] = store.get_recordings([recording.id])
    return stored.path


class Refusing(RecordingSavingManager):
    """Fails for one recording, and has no place for any."""

    def __init__(self, poison: Recording) -> None:
        self.poison = poison

    def save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> Path | None:
        if recording.id == self.poison.id:
            raise OSError("the card is broken here")
        return None


class Naming(RecordingSavingManager):
    """Says where a recording should be, and leaves the rest to others."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> Path | None:
        return self.place


class Moving(Naming):
    """Moves the file itself."""

    def save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> Path | None:
        assert recording.path is not None
        self.place.mkdir(exist_ok=True)
        return recording.path.rename(self.place / recording.path.name)


@pytest.mark.parametrize("kind", [Naming, Moving])
def test_a_manager_may_name_the_place_or_move_the_file_and_nothing_is_overwritten(
    kind: type[Naming],
    store: SqliteStore,
    recordings: list[Recording],
    waiting_dir: Path,
    tmp_path: Path,
) -> None:
    for n, recording in enumerate(recordings):
        assert recording.path is not None
        recording.path.write_bytes(f"sound {n}".encode())
    managers = [kind(tmp_path / "one-place")]
    generate_file_management_task(store, managers, tmp_path=waiting_dir)()
    kept = [path for recording in recordings if (path := path_of(store, recording))]
    assert [path.read_text() for path in kept] == ["sound 0", "sound 1", "sound 2"]
    assert list(waiting_dir.iterdir()) == []


def test_recordings_move_to_where_the_first_manager_with_a_place_says(
    store: SqliteStore, recordings: list[Recording], waiting_dir: Path, tmp_path: Path
) -> None:
    managers = [Refusing(Recording.model_construct()), DateFileManager(tmp_path / "kept")]
    managers[0].poison = recordings[0].model_copy(update={"id": None})  # type: ignore[attr-defined]
    generate_file_management_task(store, managers, tmp_path=waiting_dir)()
    assert list(waiting_dir.iterdir()) == []
    for recording in recordings:
        kept_at = path_of(store, recording)
        assert kept_at is not None
        assert kept_at.is_relative_to(tmp_path / "kept")
        assert kept_at.is_file()


def test_without_filters_everything_is_kept_and_with_them_what_one_of_them_wants(
    store: SqliteStore, recordings: list[Recording], waiting_dir: Path, tmp_path: Path
) -> None:
    managers = [DateFileManager(tmp_path / "kept")]
    filters = [Answer(False), Answer(True)]
    generate_file_management_task(store, managers, file_filters=filters, tmp_path=waiting_dir)()
    assert all(path_of(store, recording) for recording in recordings)


def test_what_no_filter_wants_is_let_go_and_its_row_says_so(
    store: SqliteStore, recordings: list[Recording], waiting_dir: Path, tmp_path: Path
) -> None:
    managers = [DateFileManager(tmp_path / "kept")]
    filters = [Answer(False)]
    generate_file_management_task(store, managers, file_filters=filters, tmp_path=waiting_dir)()
    assert list(waiting_dir.iterdir()) == []
    assert [path_of(store, recording) for recording in recordings] == [None] * 3


def test_a_recording_whose_processing_failed_is_kept_whatever_the_filters_say(
    store: SqliteStore, recordings: list[Recording], waiting_dir: Path, tmp_path: Path
) -> None:
    store.begin_processing(recordings[0])
    store.end_processing(recordings[0], "failed", "the model fell over")
    managers = [DateFileManager(tmp_path / "kept")]
    filters = [Answer(False)]
    generate_file_management_task(store, managers, file_filters=filters, tmp_path=waiting_dir)()
    assert path_of(store, recordings[0]) is not None
    assert path_of(store, recordings[1]) is None


def test_one_recording_that_cannot_be_moved_holds_up_no_other(
    store: SqliteStore, recordings: list[Recording], waiting_dir: Path, tmp_path: Path
) -> None:
    managers = [Refusing(poison := recordings[0]), DateFileManager(tmp_path / "kept")]
    generate_file_management_task(store, managers, tmp_path=waiting_dir)()
    assert path_of(store, poison) == poison.path
    assert [path.name for path in waiting_dir.iterdir()] == [poison.path and poison.path.name]


def test_one_recording_that_cannot_be_judged_holds_up_no_other(
    store: SqliteStore, recordings: list[Recording], waiting_dir: Path, tmp_path: Path
) -> None:
    def judge(recording: Recording, _: object) -> bool:
        return 1 / (recording.id != recordings[0].id) > 0

    managers = [DateFileManager(tmp_path / "kept")]
    generate_file_management_task(
        store, managers, tmp_path=waiting_dir, management_conditions=[judge]
    )()
    assert list(waiting_dir.iterdir()) == [recordings[0].path]


class Waiting(Answer):
    """Wants nothing, and waits before it says so."""

    def can_judge(self, recording: Recording) -> bool:
        return False


def test_a_recording_stays_while_a_saving_filter_waits_and_not_when_all_is_over(
    store: SqliteStore, recordings: list[Recording], waiting_dir: Path, tmp_path: Path
) -> None:
    managers, filters = [DateFileManager(tmp_path / "kept")], [Answer(True), Waiting(False)]
    over: list[bool] = []
    task = generate_file_management_task(
        store, managers, file_filters=filters, tmp_path=waiting_dir, is_over=lambda: bool(over)
    )
    task()
    assert len(list(waiting_dir.iterdir())) == len(recordings)
    over.append(True)
    task()
    assert all(path_of(store, recording) for recording in recordings)
    assert not list(waiting_dir.iterdir())


def test_what_no_manager_has_a_place_for_is_let_go_and_does_not_fill_the_memory(
    store: SqliteStore, recordings: list[Recording], waiting_dir: Path
) -> None:
    managers = [Refusing(poison := recordings[0])]
    generate_file_management_task(store, managers, tmp_path=waiting_dir)()
    assert list(waiting_dir.iterdir()) == [poison.path]
    assert [path_of(store, recording) for recording in recordings] == [poison.path, None, None]


def test_without_a_manager_every_recording_stays(
    store: SqliteStore, recordings: list[Recording], waiting_dir: Path
) -> None:
    generate_file_management_task(store, [], tmp_path=waiting_dir)()
    assert [path_of(store, recording) for recording in recordings] == [
        recording.path for recording in recordings
    ]


def test_a_cut_between_the_row_and_the_removal_loses_nothing(
    store: SqliteStore,
    recordings: list[Recording],
    waiting_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    managers = [DateFileManager(tmp_path / "kept")]
    task = generate_file_management_task(store, managers, tmp_path=waiting_dir)
    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "update_recording_path", lambda *_: 1 / 0)
        task()
    assert len(list(waiting_dir.iterdir())) == 3
    task()
    kept = sorted((tmp_path / "kept").rglob("*.wav"))
    assert sorted(path for r in recordings if (path := path_of(store, r))) == kept


def test_a_recording_waits_until_the_required_models_have_answered(
    store: SqliteStore, recordings: list[Recording], waiting_dir: Path, tmp_path: Path
) -> None:
    store.store_model_output(ModelOutput(name_model="bats", recording=recordings[1]))
    managers = [DateFileManager(tmp_path / "kept")]
    generate_file_management_task(
        store, managers, required_models=["bats"], tmp_path=waiting_dir
    )()
    waiting = {path for path in waiting_dir.iterdir()}
    assert waiting == {recordings[0].path, recordings[2].path}


def test_a_recording_waits_until_its_processing_has_ended_even_without_an_output(
    store: SqliteStore, recordings: list[Recording], waiting_dir: Path, tmp_path: Path
) -> None:
    store.begin_processing(recordings[0])
    store.begin_processing(recordings[1])
    store.end_processing(recordings[1], "skipped")
    condition = ProcessingHasEnded(store)
    assert [condition(recording, []) for recording in recordings] == [False, True, False]


def test_required_models_must_all_have_answered() -> None:
    both = ProcessedByRequiredModels(["bats", "birds"])
    bats = ModelOutput.model_construct(name_model="bats")
    birds = ModelOutput.model_construct(name_model="birds")
    assert not both(Recording.model_construct(), [bats])
    assert both(Recording.model_construct(), [birds, bats])


@pytest.mark.parametrize(
    ("rule", "answers", "kept"),
    [
        ("any", [True, False], True),
        ("any", [False, False], False),
        ("all", [True, False], False),
        ("all", [True, True], True),
        ("all", [], True),
    ],
)
def test_the_rule_says_how_many_filters_must_want_a_recording(
    store: SqliteStore,
    recordings: list[Recording],
    waiting_dir: Path,
    tmp_path: Path,
    rule: SavingRule,
    answers: list[bool],
    kept: bool,
) -> None:
    generate_file_management_task(
        store,
        [DateFileManager(tmp_path / "kept")],
        file_filters=[Answer(answer) for answer in answers],
        tmp_path=waiting_dir,
        combine=rule,
    )()
    assert [path_of(store, recording) is not None for recording in recordings] == [kept] * 3
