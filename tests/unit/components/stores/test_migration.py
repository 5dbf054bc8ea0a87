"""Files that acoupi 0.8 wrote."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.components.stores.sqlite.schema import MIGRATIONS
from acoupi.data import BoundingBox, Deployment, PredictionType, Recording
from acoupi.errors import MetadataStoreError, MigrationError

DEPLOYMENT, RECORDING, DISCARDED, OUTPUT, REPEATED, DETECTION = (
    UUID(int=number) for number in range(1, 7)
)

SCHEMA = """
CREATE TABLE deployment (
    id BLOB PRIMARY KEY, name TEXT NOT NULL, started_on TEXT NOT NULL UNIQUE, ended_on TEXT,
    latitude REAL, longitude REAL
);
CREATE TABLE recording (
    id BLOB PRIMARY KEY, path TEXT UNIQUE, datetime TEXT NOT NULL UNIQUE,
    duration_s REAL NOT NULL, samplerate_hz INTEGER NOT NULL,
    audio_channels INTEGER NOT NULL DEFAULT 1, deployment_id BLOB NOT NULL,
    FOREIGN KEY (deployment_id) REFERENCES deployment(id)
);
CREATE TABLE model_output (
    id BLOB PRIMARY KEY, model_name TEXT NOT NULL, recording_id BLOB NOT NULL,
    created_on TEXT NOT NULL, FOREIGN KEY (recording_id) REFERENCES recording(id)
);
CREATE TABLE detection (
    id BLOB PRIMARY KEY,
    prediction_type TEXT NOT NULL CHECK (prediction_type IN ('presence', 'sequence', 'event')),
    start_time_s REAL, end_time_s REAL, low_freq_hz REAL, high_freq_hz REAL,
    detection_score REAL NOT NULL, model_output_id BLOB NOT NULL,
    FOREIGN KEY (model_output_id) REFERENCES model_output(id)
);
CREATE TABLE predicted_tag (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, value TEXT NOT NULL,
    confidence_score REAL NOT NULL, detection_id BLOB NOT NULL,
    FOREIGN KEY (detection_id) REFERENCES detection(id)
);
CREATE INDEX idx_recording_deployment_id ON recording(deployment_id);
CREATE INDEX idx_model_output_recording_id ON model_output(recording_id);
CREATE INDEX idx_model_output_created_on ON model_output(created_on);
CREATE INDEX idx_detection_model_output_id ON detection(model_output_id);
CREATE INDEX idx_predicted_tag_detection_id ON predicted_tag(detection_id);
CREATE INDEX idx_predicted_tag_key_value ON predicted_tag(key, value);
PRAGMA user_version = 1;
"""

ROWS: dict[str, list[tuple[object, ...]]] = {
    "deployment": [(DEPLOYMENT.bytes, "wood", "2026-05-01T05:00:00+02:00", None, 52.1, -0.2)],
    "recording": [
        (RECORDING.bytes, "/audio/a.wav", "2026-05-01T03:30:00+00:00", 3.0, 256_000, 2,
         DEPLOYMENT.bytes),
        (DISCARDED.bytes, "None", "2026-05-01T03:31:00.5+00:00", 3.0, 256_000, 1,
         DEPLOYMENT.bytes),
    ],
    "model_output": [
        (OUTPUT.bytes, "batdetect2", RECORDING.bytes, "2026-05-01T03:30:05+00:00"),
        (REPEATED.bytes, "batdetect2", RECORDING.bytes, "2026-05-01T03:30:06+00:00"),
    ],
    "detection": [
        (DETECTION.bytes, "event", 0.1, 0.2, 20_000.0, 50_000.0, 0.75, OUTPUT.bytes),
    ],
    "predicted_tag": [
        (1, "species", "Pipistrellus pipistrellus", 0.75, DETECTION.bytes),
        (2, "event", "Echolocation", 0.9, DETECTION.bytes),
    ],
}  # fmt: skip


@pytest.fixture
def old_file(db_path: Path) -> Path:
    with closing(sqlite3.connect(db_path)) as connection, connection:
        connection.executescript(SCHEMA)
        for table, rows in ROWS.items():
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
    return db_path


def _count(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ROWS
        }


def _version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def test_no_row_of_an_old_file_is_lost(old_file: Path, store: SqliteStore) -> None:
    before = _count(old_file)

    store.get_current_deployment()

    assert _count(old_file) == before
    assert _version(old_file) == len(MIGRATIONS)


def test_an_old_file_is_read_as_what_it_meant(old_file: Path, store: SqliteStore) -> None:
    deployment = Deployment(
        id=DEPLOYMENT, name="wood", latitude=52.1, longitude=-0.2,
        started_on=dt.datetime(2026, 5, 1, 3, tzinfo=dt.UTC),
    )  # fmt: skip
    recording = Recording(
        id=RECORDING, path=Path("/audio/a.wav"), duration=3, samplerate=256_000,
        audio_channels=2, deployment=deployment,
        created_on=dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC),
    )  # fmt: skip

    ((found, outputs),) = store.get_recordings([RECORDING])

    assert store.get_current_deployment() == deployment
    assert found == recording
    assert [output.id for output in outputs] == [OUTPUT, REPEATED]
    (detection,) = outputs[0].detections
    assert detection.prediction_type is PredictionType.EVENT
    assert detection.location == BoundingBox.from_coordinates(0.1, 20_000, 0.2, 50_000)
    assert [each.tag.value for each in detection.tags] == [
        "Pipistrellus pipistrellus",
        "Echolocation",
    ]


def test_a_path_written_as_the_word_none_is_no_path(old_file: Path, store: SqliteStore) -> None:
    ((discarded, _),) = store.get_recordings([DISCARDED])

    assert discarded.path is None


def test_what_an_old_file_shows_as_answered_is_processed(
    old_file: Path, store: SqliteStore
) -> None:
    ((recording, _),) = store.get_recordings([RECORDING])

    assert store.is_processed(recording)
    assert store.get_unprocessed_recordings() == []


def test_an_old_file_takes_new_rows(old_file: Path, store: SqliteStore) -> None:
    ((old, _),) = store.get_recordings([RECORDING])
    new = old.model_copy(update={"id": UUID(int=99), "time_expansion": 10.0})

    store.store_recording(new)

    assert store.get_recordings([new.id]) == [(new, [])]


def test_a_copy_of_the_old_file_is_made_first(old_file: Path, store: SqliteStore) -> None:
    before = _count(old_file)

    store.get_current_deployment()

    backup = old_file.with_name("metadata.db.bak-v1")
    assert _version(backup) == 1
    assert _count(backup) == before
    assert not list(old_file.parent.glob("*.part*"))


def test_a_new_file_and_a_current_one_are_not_copied(db_path: Path, store: SqliteStore) -> None:
    store.store_deployment(Deployment(name="wood"))
    store.close()
    store.get_current_deployment()

    assert not list(db_path.parent.glob("*.bak*"))


def test_a_file_that_cannot_be_taken_along_is_left_as_it_was(
    old_file: Path, store: SqliteStore
) -> None:
    with closing(sqlite3.connect(old_file)) as connection, connection:
        connection.execute("CREATE TABLE processing (something_else TEXT)")
    before = _count(old_file)

    with pytest.raises(MetadataStoreError, match=r"metadata\.db"):
        store.get_current_deployment()

    assert _count(old_file) == before
    assert _version(old_file) == 1


def test_a_file_of_a_newer_acoupi_is_refused(db_path: Path, store: SqliteStore) -> None:
    with closing(sqlite3.connect(db_path)) as connection:
        connection.execute("PRAGMA user_version = 99")

    with pytest.raises(MigrationError, match="newer acoupi"):
        store.get_current_deployment()


def test_the_schema_refers_to_nothing_that_is_gone(old_file: Path, store: SqliteStore) -> None:
    store.get_current_deployment()

    with closing(sqlite3.connect(old_file)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
