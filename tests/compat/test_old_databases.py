"""Databases of acoupi 0.6, 0.7 and 0.8: opened, migrated in one go, and no row lost.

The schemas are what those versions write: metadata has been the same in all of
them; messages had no kind, and no version, before 0.8.
"""

import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from acoupi.components import SqliteMessageStore, SqliteStore
from acoupi.data import Message, MessageType, PredictionType, Response, ResponseStatus
from acoupi.errors import StoreError

METADATA = """
CREATE TABLE deployment (
    id BLOB PRIMARY KEY, name TEXT NOT NULL, started_on TEXT NOT NULL UNIQUE,
    ended_on TEXT, latitude REAL, longitude REAL
);
CREATE TABLE recording (
    id BLOB PRIMARY KEY, path TEXT UNIQUE, datetime TEXT NOT NULL UNIQUE,
    duration_s REAL NOT NULL, samplerate_hz INTEGER NOT NULL,
    audio_channels INTEGER NOT NULL DEFAULT 1,
    deployment_id BLOB NOT NULL REFERENCES deployment(id)
);
CREATE TABLE model_output (
    id BLOB PRIMARY KEY, model_name TEXT NOT NULL,
    recording_id BLOB NOT NULL REFERENCES recording(id), created_on TEXT NOT NULL
);
CREATE TABLE detection (
    id BLOB PRIMARY KEY,
    prediction_type TEXT NOT NULL CHECK (prediction_type IN ('presence', 'sequence', 'event')),
    start_time_s REAL, end_time_s REAL, low_freq_hz REAL, high_freq_hz REAL,
    detection_score REAL NOT NULL, model_output_id BLOB NOT NULL REFERENCES model_output(id)
);
CREATE TABLE predicted_tag (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, value TEXT NOT NULL,
    confidence_score REAL NOT NULL, detection_id BLOB NOT NULL REFERENCES detection(id)
);
CREATE INDEX idx_recording_deployment_id ON recording(deployment_id);
CREATE INDEX idx_model_output_recording_id ON model_output(recording_id);
CREATE INDEX idx_model_output_created_on ON model_output(created_on);
CREATE INDEX idx_detection_model_output_id ON detection(model_output_id);
CREATE INDEX idx_predicted_tag_detection_id ON predicted_tag(detection_id);
CREATE INDEX idx_predicted_tag_key_value ON predicted_tag(key, value);
PRAGMA user_version = 1;
"""

MESSAGES = """
CREATE TABLE message (
    id BLOB PRIMARY KEY, content BLOB NOT NULL, created_on TEXT NOT NULL{kind}
);
CREATE TABLE response (
    id INTEGER PRIMARY KEY AUTOINCREMENT, content TEXT,
    message_id BLOB NOT NULL REFERENCES message(id), status INTEGER NOT NULL,
    received_on TEXT NOT NULL
);
CREATE INDEX idx_response_message_id ON response(message_id);
CREATE INDEX idx_response_status ON response(status);
PRAGMA user_version = {version};
"""

MESSAGES_OF = {
    "0.6": MESSAGES.format(kind="", version=0),
    "0.7": MESSAGES.format(kind="", version=0),
    "0.8": MESSAGES.format(kind=", message_type TEXT", version=2),
}

DEPLOYMENTS, RECORDINGS = 3, 60
UTC = dt.UTC


def key(kind: int, number: int) -> bytes:
    return UUID(int=kind << 64 | number).bytes


def fill_metadata(connection: sqlite3.Connection) -> None:
    """Write a season: deployments one after the other, a recording a minute, some unheard."""
    for d in range(DEPLOYMENTS):
        ended = f"2024-0{d + 5}-20T00:00:00+00:00" if d < DEPLOYMENTS - 1 else None
        connection.execute(
            "INSERT INTO deployment VALUES (?, ?, ?, ?, 52.1, -0.2)",
            (key(1, d), f"stay {d}", f"2024-0{d + 5}-01T02:00:00+02:00", ended),
        )
        for r in range(RECORDINGS):
            add_recording(connection, d, r)


def add_recording(connection: sqlite3.Connection, d: int, r: int) -> None:
    number = d * RECORDINGS + r
    heard_at = f"2024-0{d + 5}-10T03:{r:02}:00.{r:06}+00:00"
    connection.execute(
        "INSERT INTO recording VALUES (?, ?, ?, 3.0, 256000, 2, ?)",
        (key(2, number), f"/run/shm/{number}.wav", heard_at, key(1, d)),
    )
    if r % 3:
        connection.execute(
            "INSERT INTO model_output VALUES (?, 'BatDetect2', ?, ?)",
            (key(3, number), key(2, number), heard_at),
        )
        connection.execute(
            "INSERT INTO detection VALUES (?, 'event', 0.1, 0.2, 20000, 50000, 0.75, ?)",
            (key(4, number), key(3, number)),
        )
        connection.execute(
            "INSERT INTO predicted_tag (key, value, confidence_score, detection_id) "
            "VALUES ('species', 'Nyctalus noctula', 0.7, ?)",
            (key(4, number),),
        )


def fill_messages(connection: sqlite3.Connection) -> None:
    for number in range(9):
        connection.execute(
            "INSERT INTO message (id, content, created_on) VALUES (?, ?, ?)",
            (key(5, number), f'{{"n": {number}, "ø": 1}}'.encode(), f"2024-05-0{number + 1} 03:00"
             "+00:00"),
        )  # fmt: skip
        for status in [2, 0] if number < 3 else [1] if number < 6 else []:
            connection.execute(
                "INSERT INTO response (message_id, status, received_on) VALUES (?, ?, ?)",
                (key(5, number), status, "2024-05-09 03:00:00+00:00"),
            )


def counts(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608
            for (name,) in names
        }


def write(path: Path, schema: str, fill: Callable[[sqlite3.Connection], None]) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(schema)
        fill(connection)
    return path


@pytest.fixture
def metadata_db(tmp_path: Path) -> Path:
    return write(tmp_path / "metadata.db", METADATA, fill_metadata)


@pytest.fixture(params=MESSAGES_OF)
def messages_db(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write(tmp_path / "messages.db", MESSAGES_OF[request.param], fill_messages)


def test_a_season_of_recordings_and_detections_is_all_there(metadata_db: Path) -> None:
    before = counts(metadata_db)
    store = SqliteStore(metadata_db)

    current = store.get_current_deployment()
    last = DEPLOYMENTS * RECORDINGS - 1
    ((recording, (output,)),) = store.get_recordings([UUID(bytes=key(2, last))])

    assert counts(metadata_db).items() >= before.items()
    assert counts(metadata_db.with_name("metadata.db.bak-v1")) == before
    assert (current.name, current.latitude, current.longitude) == ("stay 2", 52.1, -0.2)
    assert recording.created_on == dt.datetime(2024, 7, 10, 3, 59, 0, 59, tzinfo=UTC)
    assert recording.audio_channels == 2
    assert recording.deployment.started_on == dt.datetime(2024, 7, 1, tzinfo=UTC)
    assert output.detections[0].prediction_type is PredictionType.EVENT
    assert output.detections[0].tags[0].tag.value == "Nyctalus noctula"
    assert (output.model_version, output.model_hash) == ("", "")


def test_all_of_it_is_found_by_time_by_model_and_by_score(metadata_db: Path) -> None:
    store = SqliteStore(metadata_db)
    heard = DEPLOYMENTS * RECORDINGS * 2 // 3

    assert len(store.get_model_outputs(model_names=["BatDetect2"])) == heard
    assert len(store.get_detections(score_gt=0.5)) == heard
    assert len(store.get_detections(after=dt.datetime(2024, 7, 1, tzinfo=UTC))) == heard // 3


def test_what_an_old_sensor_never_processed_is_not_run_through_the_model_of_today(
    metadata_db: Path,
) -> None:
    assert SqliteStore(metadata_db).get_unprocessed_recordings() == []


def test_a_new_deployment_goes_on_in_the_old_file(metadata_db: Path) -> None:
    store = SqliteStore(metadata_db)
    old = store.get_current_deployment()
    new = old.model_copy(update={"id": UUID(int=7), "started_on": dt.datetime.now(UTC)})

    store.update_deployment(old.model_copy(update={"ended_on": dt.datetime.now(UTC)}))
    store.store_deployment(new)

    assert store.get_current_deployment().id == UUID(int=7)


def test_every_message_is_there_and_only_what_was_not_delivered_is_sent(
    messages_db: Path,
) -> None:
    before = counts(messages_db)
    store = SqliteMessageStore(messages_db)

    waiting = store.get_unsent_messages()

    assert counts(messages_db).items() >= before.items()
    (backup,) = messages_db.parent.glob("messages.db.bak-v*")
    assert counts(backup) == before
    assert [message.content for message in waiting] == [
        f'{{"n": {number}, "ø": 1}}' for number in range(3, 9)
    ]
    assert [message.id for message in store.get_due_messages("http", dt.datetime.now(UTC))] == [
        message.id for message in waiting
    ]


def test_an_old_message_is_delivered_and_a_new_one_has_a_kind(messages_db: Path) -> None:
    store = SqliteMessageStore(messages_db)
    for old in store.get_unsent_messages():
        store.store_response(Response(status=ResponseStatus.SUCCESS, message=old))
    new = Message(content="{}", message_type=MessageType.SUMMARY)
    store.store_message(new)

    assert store.get_unsent_messages() == [new]


@pytest.mark.parametrize("kind", [SqliteStore, SqliteMessageStore])
def test_a_cut_in_the_middle_leaves_the_old_file_whole(
    metadata_db: Path, tmp_path: Path, kind: type[SqliteStore] | type[SqliteMessageStore]
) -> None:
    path = metadata_db
    if kind is SqliteMessageStore:
        path = write(tmp_path / "m.db", MESSAGES_OF["0.6"], fill_messages)
    table = "deployment" if kind is SqliteStore else "message"
    column = "started_on" if kind is SqliteStore else "created_on"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE {table} SET {column} = 'no time' WHERE rowid = 1")  # noqa: S608
    before, content = counts(path), dump(path)

    with pytest.raises(StoreError):
        first_use(kind(path))

    assert counts(path) == before
    assert dump(path) == content


def first_use(store: SqliteStore | SqliteMessageStore) -> None:
    if isinstance(store, SqliteStore):
        store.get_current_deployment()
    else:
        store.get_unsent_messages()


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        return [str(version), *connection.iterdump()]
