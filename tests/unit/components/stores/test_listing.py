import datetime as dt
import sqlite3
from pathlib import Path

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.components.stores.sqlite.glance import StoreGlance, glance_at_store, share_kept
from acoupi.components.stores.sqlite.listing import Selection, list_detections, list_recordings
from acoupi.data import Recording
from acoupi.errors import MetadataStoreError
from acoupi.testing.samples import deployment, detection, output, recording

TMP = Path("/tmp_audio")
STATES = ["kept", "waiting", "let-go", "failed"]
WOOD = deployment("wood")


@pytest.fixture
def db_path(tmp_path: Path) -> Path:
    """Return a store with one recording in each state, a minute apart."""
    store = SqliteStore(tmp_path / "metadata.db")
    paths = [Path("/kept/0.wav"), TMP / "1.wav", None, Path("/kept/3.wav")]
    made = [recording(WOOD, path, minute) for minute, path in enumerate(paths)]
    for each in made:
        store.store_recording(each)
    store.end_processing(made[3], "failed", "ValueError: no sound")
    store.store_model_output(output(made[0], detection(0.9), detection(0.4, "Parus major")))
    other = output(made[2], detection(0.6), model="other")
    build = {"model_version": "2.4", "model_hash": "ab"}
    store.store_model_output(other.model_copy(update=build))
    store.close()
    return store.db_path


def states(db_path: Path, **selection: object) -> list[str]:
    return [r.state for r in list_recordings(db_path, TMP, Selection(**selection))]  # pyright: ignore


def scores(db_path: Path, **conditions: object) -> list[float]:
    return [d.score for d in list_detections(db_path, Selection(), **conditions)]  # pyright: ignore


def test_each_detection_says_which_build_of_its_model_found_it(db_path: Path) -> None:
    found = list_detections(db_path, Selection())
    builds = [(line.model, line.model_version, line.model_hash) for line in found]
    assert builds == [("model", "", ""), ("model", "", ""), ("other", "2.4", "ab")]


def test_recordings_come_oldest_first_each_with_its_state(db_path: Path) -> None:
    assert states(db_path) == STATES
    assert next(r.reason for r in list_recordings(db_path, TMP, Selection(), "failed")) == (
        "ValueError: no sound"
    )


@pytest.mark.parametrize("state", STATES)
def test_recordings_of_one_state_are_those_alone(db_path: Path, state: str) -> None:
    found = list_recordings(db_path, TMP, Selection(), state)  # pyright: ignore
    assert [r.state for r in found] == [state]


def test_a_limit_leaves_the_newest(db_path: Path) -> None:
    assert states(db_path, limit=2) == STATES[2:]


def test_a_stretch_of_time_has_its_start_and_not_its_end(db_path: Path) -> None:
    first = next(list_recordings(db_path, TMP, Selection())).recorded_on
    minute = dt.timedelta(minutes=1)
    assert states(db_path, since=first + minute, until=first + 3 * minute) == STATES[1:3]


@pytest.mark.parametrize(
    ("name", "count"),
    [("wood", 4), (str(WOOD.id), 4), (WOOD.id.hex, 4), ("lake", 0), ("' OR 1", 0)],
    ids=["name", "id", "hex", "other", "injected"],
)
def test_a_deployment_is_known_by_name_and_by_id(db_path: Path, name: str, count: int) -> None:
    assert len(states(db_path, deployment=name)) == count


def test_detections_are_chosen_by_score_tag_and_model(db_path: Path) -> None:
    assert sorted(scores(db_path)) == [0.4, 0.6, 0.9]
    assert sorted(scores(db_path, min_score=0.6)) == [0.6, 0.9]
    assert scores(db_path, tags=[("species", "Parus major")]) == [0.4]
    assert scores(db_path, tags=[("species", "Parus major"), ("kind", "call")]) == []
    assert scores(db_path, model="other") == [0.6]


def test_a_detection_has_its_tags_its_place_in_the_sound_and_its_recording(db_path: Path) -> None:
    found = next(list_detections(db_path, Selection(), 0.9))
    assert ("species", "Turdus merula", 0.9) in found.tags
    assert (found.start_s, found.end_s, found.low_hz, found.high_hz) == (0.1, 0.4, 1500, 3000)
    assert (found.path, found.deployment) == (Path("/kept/0.wav"), "wood")


def test_a_glance_says_what_waits_what_failed_and_what_was_last(db_path: Path) -> None:
    glance = glance_at_store(db_path, TMP)
    assert (glance.n_backlog, glance.n_failed, glance.last_path) == (1, 1, Path("/kept/3.wav"))
    assert glance.last_started_on is not None
    assert glance.last_ended_on == glance.last_started_on + dt.timedelta(seconds=3.25)


def test_the_share_kept_is_that_of_recordings_decided_about(db_path: Path) -> None:
    assert share_kept(db_path, TMP) == pytest.approx(2 / 3)


def test_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none" / "metadata.db"
    assert list(list_recordings(path, TMP, Selection())) == []
    assert glance_at_store(path, TMP) == StoreGlance()
    assert share_kept(path, TMP) is None
    assert list(tmp_path.iterdir()) == []


def test_an_older_database_is_left_as_it_is(db_path: Path) -> None:
    with sqlite3.connect(db_path) as connection:
        connection.execute("PRAGMA user_version=1")
    connection.close()
    with pytest.raises(MetadataStoreError, match="of another acoupi"):
        glance_at_store(db_path, TMP)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "metadata.db"
    path.write_text("not a database, and long enough to be taken for one " * 20)
    with pytest.raises(MetadataStoreError, match=r"metadata\.db cannot be read"):
        list(list_recordings(path, TMP, Selection()))


def test_a_list_can_be_read_while_the_store_is_written(db_path: Path) -> None:
    store, rows = SqliteStore(db_path), list_recordings(db_path, TMP, Selection())
    first = next(rows)
    store.store_recording(Recording(duration=1, samplerate=8000, deployment=WOOD))
    assert len([first, *rows]) == 4
    assert len(states(db_path)) == 5
    store.close()
