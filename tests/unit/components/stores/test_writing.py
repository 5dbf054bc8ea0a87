import datetime as dt
import multiprocessing
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment, Detection, ModelOutput, PredictedTag, Recording, Tag
from acoupi.errors import MetadataStoreError

N_WRITERS = 4


def _rows(db_path: Path) -> dict[str, int]:
    tables = ("deployment", "recording", "model_output", "detection", "predicted_tag")
    connection = sqlite3.connect(db_path)
    try:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in tables
        }
    finally:
        connection.close()


def test_without_a_running_deployment_the_error_says_how_to_start_one(store: SqliteStore) -> None:
    with pytest.raises(MetadataStoreError, match=r"metadata\.db") as raised:
        store.get_current_deployment()

    assert "acoupi deployment start" in (raised.value.help or "")


def test_the_current_deployment_is_the_last_started_that_has_not_ended(
    store: SqliteStore, deployment: Deployment
) -> None:
    later = deployment.started_on + dt.timedelta(days=1)
    running = deployment.model_copy(update={"id": Deployment(name="x").id, "started_on": later})
    ended = Deployment(name="ended", started_on=later + dt.timedelta(days=1), ended_on=later)
    for each in (running, deployment, ended):
        store.store_deployment(each)

    assert store.get_current_deployment() == running


def test_a_deployment_that_was_ended_is_no_longer_current(
    store: SqliteStore, deployment: Deployment
) -> None:
    store.store_deployment(deployment)

    store.update_deployment(deployment.model_copy(update={"ended_on": deployment.started_on}))

    with pytest.raises(MetadataStoreError):
        store.get_current_deployment()


def test_two_deployments_may_start_in_the_same_instant(
    store: SqliteStore, deployment: Deployment, db_path: Path
) -> None:
    store.store_deployment(deployment)
    store.store_deployment(Deployment(name="twin", started_on=deployment.started_on))

    assert _rows(db_path)["deployment"] == 2


def test_storing_a_known_deployment_leaves_it_as_it_is(
    store: SqliteStore, deployment: Deployment
) -> None:
    store.store_deployment(deployment)
    store.store_deployment(deployment.model_copy(update={"name": "other"}))

    assert store.get_current_deployment() == deployment


def test_a_recording_brings_its_deployment_along(
    store: SqliteStore, deployment: Deployment, make_recording: Callable[..., Recording]
) -> None:
    store.store_recording(make_recording())

    assert store.get_current_deployment() == deployment


def test_a_recording_may_be_given_to_another_deployment(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    recording, other = make_recording(), Deployment(name="other")

    store.store_recording(recording, other)

    ((found, _),) = store.get_recordings([recording.id])
    assert found.deployment == other


def test_a_known_recording_is_left_as_it_is(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    recording = make_recording()
    store.store_recording(recording)
    store.store_recording(recording.model_copy(update={"path": Path("/elsewhere.wav")}))

    assert store.get_recordings([recording.id]) == [(recording, [])]


def test_two_microphones_may_start_in_the_same_instant_and_share_a_path(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    left, right = make_recording(), make_recording()
    store.store_recording(left)
    store.store_recording(right)

    found = store.get_recordings_by_path([left.path])

    assert [recording.id for recording, _ in found] == [left.id, right.id]


def test_the_same_output_is_stored_once(
    store: SqliteStore, make_output: Callable[..., ModelOutput], db_path: Path
) -> None:
    output = make_output()
    store.store_model_output(output)
    store.store_model_output(output)

    assert _rows(db_path) == {
        "deployment": 1, "recording": 1, "model_output": 1, "detection": 1, "predicted_tag": 2,
    }  # fmt: skip


def test_a_second_answer_of_the_same_model_is_not_stored(
    store: SqliteStore,
    make_recording: Callable[..., Recording],
    make_output: Callable[..., ModelOutput],
) -> None:
    recording = make_recording()
    first, second = make_output(recording), make_output(recording, detections=[])
    other = make_output(recording, name_model="other")
    store.store_model_outputs([first, second, other])

    ids = {output.id for output in store.get_recording_model_outputs(recording)}

    assert ids == {first.id, other.id}


def test_of_several_outputs_all_or_none_are_stored(
    store: SqliteStore, make_output: Callable[..., ModelOutput], db_path: Path
) -> None:
    good = make_output()
    clash = make_output(name_model="other", detections=good.detections)

    with pytest.raises(MetadataStoreError, match=r"metadata\.db"):
        store.store_model_outputs([good, clash])

    assert set(_rows(db_path).values()) == {0}


def test_a_write_that_breaks_off_inside_an_output_leaves_nothing(
    store: SqliteStore, make_output: Callable[..., ModelOutput], db_path: Path
) -> None:
    unstorable = PredictedTag(tag=Tag(key="k", value="v"), confidence_score=float("nan"))
    output = make_output(detections=[Detection(tags=[unstorable])])

    with pytest.raises(MetadataStoreError):
        store.store_model_output(output)

    assert set(_rows(db_path).values()) == {0}
    store.store_model_output(output.model_copy(update={"detections": []}))
    assert _rows(db_path)["model_output"] == 1


def test_threads_that_store_one_output_at_once_store_it_once(
    db_path: Path, make_output: Callable[..., ModelOutput]
) -> None:
    store, output, barrier = SqliteStore(db_path), make_output(), threading.Barrier(N_WRITERS)

    def write() -> None:
        barrier.wait(30)
        store.store_model_output(output)
        store.close()

    with ThreadPoolExecutor(N_WRITERS) as pool:
        for written in [pool.submit(write) for _ in range(N_WRITERS)]:
            written.result()

    assert _rows(db_path)["model_output"] == _rows(db_path)["detection"] == 1


def _store_when_told(db_path: Path, output_json: str, barrier: "threading.Barrier") -> None:
    store, output = SqliteStore(db_path), ModelOutput.model_validate_json(output_json)
    barrier.wait(60)
    store.store_model_output(output)


def test_processes_that_store_one_output_at_once_store_it_once(
    db_path: Path, make_output: Callable[..., ModelOutput]
) -> None:
    context, output = multiprocessing.get_context("fork"), make_output()
    barrier = context.Barrier(N_WRITERS)
    arguments = (db_path, output.model_dump_json(), barrier)
    processes = [
        context.Process(target=_store_when_told, args=arguments) for _ in range(N_WRITERS)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0] * N_WRITERS
    assert _rows(db_path)["model_output"] == _rows(db_path)["detection"] == 1


def test_a_store_that_was_used_before_a_fork_works_on_both_sides(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    mine, theirs = make_recording(0), make_recording(1)
    store.store_recording(mine)

    process = multiprocessing.get_context("fork").Process(
        target=store.store_recording, args=(theirs,)
    )
    process.start()
    process.join()

    assert process.exitcode == 0
    assert len(store.get_recordings([mine.id, theirs.id])) == 2


def test_a_new_path_is_noted_and_returned(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    recording = make_recording()
    store.store_recording(recording)

    moved = store.update_recording_path(recording, Path("/kept/a.wav"))

    assert moved.path == Path("/kept/a.wav")
    assert store.get_recordings([recording.id]) == [(moved, [])]


def test_a_discarded_recording_has_no_path(
    store: SqliteStore, make_recording: Callable[..., Recording], db_path: Path
) -> None:
    recording = make_recording()
    store.store_recording(recording)

    discarded = store.update_recording_path(recording, None)

    assert discarded.path is None
    assert store.get_recordings([recording.id]) == [(discarded, [])]


def test_the_path_of_an_unknown_recording_is_not_lost(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    moved = store.update_recording_path(make_recording(), Path("/kept/a.wav"))

    assert store.get_recordings_by_path([moved.path]) == [(moved, [])]


def test_a_closed_store_opens_again(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    recording = make_recording()
    store.store_recording(recording)
    store.close()

    assert store.get_recordings([recording.id]) == [(recording, [])]


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "metadata.db"
    path.write_text("this is no database, and long enough to be read as a header" * 20)

    with pytest.raises(MetadataStoreError, match=str(path)):
        SqliteStore(path).get_current_deployment()

    assert path.read_text().startswith("this is no database")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(MetadataStoreError, match=r"file/metadata\.db"):
        SqliteStore(tmp_path / "file" / "metadata.db").get_current_deployment()
