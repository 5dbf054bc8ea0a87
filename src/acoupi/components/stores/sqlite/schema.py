"""The tables, and the steps that lead to them.

Versions 0 and 1 are those of acoupi 0.8, whose files are opened and taken along.
"""

import datetime as dt
import sqlite3
from collections.abc import Sequence

from acoupi._sqlite import Migration
from acoupi.components.stores.sqlite.rows import instant_text

__all__ = ["MIGRATIONS"]

TABLES = (
    """
    CREATE TABLE IF NOT EXISTS deployment (
        id BLOB PRIMARY KEY,
        name TEXT NOT NULL,
        started_on TEXT NOT NULL UNIQUE,
        ended_on TEXT,
        latitude REAL,
        longitude REAL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS recording (
        id BLOB PRIMARY KEY,
        path TEXT UNIQUE,
        datetime TEXT NOT NULL UNIQUE,
        duration_s REAL NOT NULL,
        samplerate_hz INTEGER NOT NULL,
        audio_channels INTEGER NOT NULL DEFAULT 1,
        deployment_id BLOB NOT NULL REFERENCES deployment(id)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS model_output (
        id BLOB PRIMARY KEY,
        model_name TEXT NOT NULL,
        recording_id BLOB NOT NULL REFERENCES recording(id),
        created_on TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS detection (
        id BLOB PRIMARY KEY,
        prediction_type TEXT NOT NULL
            CHECK (prediction_type IN ('presence', 'sequence', 'event')),
        start_time_s REAL,
        end_time_s REAL,
        low_freq_hz REAL,
        high_freq_hz REAL,
        detection_score REAL NOT NULL,
        model_output_id BLOB NOT NULL REFERENCES model_output(id)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS predicted_tag (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        confidence_score REAL NOT NULL,
        detection_id BLOB NOT NULL REFERENCES detection(id)
    )
    """,
)

INDEXES = (
    "CREATE INDEX IF NOT EXISTS idx_recording_deployment_id ON recording(deployment_id)",
    "CREATE INDEX IF NOT EXISTS idx_model_output_recording_id ON model_output(recording_id)",
    "CREATE INDEX IF NOT EXISTS idx_model_output_created_on ON model_output(created_on)",
    "CREATE INDEX IF NOT EXISTS idx_detection_model_output_id ON detection(model_output_id)",
    "CREATE INDEX IF NOT EXISTS idx_predicted_tag_detection_id ON predicted_tag(detection_id)",
    "CREATE INDEX IF NOT EXISTS idx_predicted_tag_key_value ON predicted_tag(key, value)",
)

# Two microphones may start in the same instant, and a file may be played twice.
DEPLOYMENT_WITHOUT_UNIQUE = (
    """
    CREATE TABLE new_deployment (
        id BLOB PRIMARY KEY,
        name TEXT NOT NULL,
        started_on TEXT NOT NULL,
        ended_on TEXT,
        latitude REAL,
        longitude REAL
    )
    """,
    """
    INSERT INTO new_deployment (id, name, started_on, ended_on, latitude, longitude)
    SELECT id, name, started_on, ended_on, latitude, longitude FROM deployment ORDER BY rowid
    """,
    "DROP TABLE deployment",
    "ALTER TABLE new_deployment RENAME TO deployment",
    "CREATE INDEX idx_deployment_started_on ON deployment(started_on)",
)

RECORDING_WITHOUT_UNIQUE = (
    """
    CREATE TABLE new_recording (
        id BLOB PRIMARY KEY,
        path TEXT,
        datetime TEXT NOT NULL,
        duration_s REAL NOT NULL,
        samplerate_hz INTEGER NOT NULL,
        audio_channels INTEGER DEFAULT 1,
        deployment_id BLOB NOT NULL REFERENCES deployment(id),
        time_expansion REAL NOT NULL DEFAULT 1
    )
    """,
    """
    INSERT INTO new_recording (
        id, path, datetime, duration_s, samplerate_hz, audio_channels, deployment_id
    )
    SELECT id, path, datetime, duration_s, samplerate_hz, audio_channels, deployment_id
    FROM recording ORDER BY rowid
    """,
    "DROP TABLE recording",
    "ALTER TABLE new_recording RENAME TO recording",
    "CREATE INDEX idx_recording_deployment_id ON recording(deployment_id)",
    "CREATE INDEX idx_recording_path ON recording(path)",
    "CREATE INDEX idx_recording_datetime ON recording(datetime)",
)

PROCESSING = (
    """
    CREATE TABLE processing (
        recording_id BLOB PRIMARY KEY REFERENCES recording(id),
        state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'skipped', 'failed')),
        attempts INTEGER NOT NULL DEFAULT 0,
        reason TEXT NOT NULL DEFAULT '',
        updated_on TEXT NOT NULL
    )
    """,
    # What a model has answered is not to be processed again.
    """
    INSERT INTO processing (recording_id, state, attempts, updated_on)
    SELECT recording_id, 'done', 1, max(created_on) FROM model_output GROUP BY recording_id
    """,
    # Nor is a season of recordings that were never meant for a model.
    """
    INSERT INTO processing (recording_id, state, reason, updated_on)
    SELECT id, 'skipped', 'left by acoupi 0.8 or earlier', datetime FROM recording
    WHERE id NOT IN (SELECT recording_id FROM model_output)
    """,
)

ATTEMPTS = (
    "ALTER TABLE processing ADD COLUMN failures INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE processing ADD COLUMN owner TEXT",
    "ALTER TABLE processing ADD COLUMN next_attempt_on TEXT",
    "ALTER TABLE processing ADD COLUMN rung_on TEXT",
    "CREATE INDEX idx_processing_pending ON processing(owner) WHERE state = 'pending'",
    "CREATE INDEX idx_processing_reason ON processing(reason) WHERE reason <> ''",
    # How the attempts until now ended is not known; they are not held against a recording.
    "UPDATE processing SET attempts = 0 WHERE state = 'pending'",
)

EFFORT = (
    """
    CREATE TABLE effort (
        deployment_id BLOB NOT NULL,
        started_on TEXT NOT NULL,
        ended_on TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        lost_samples INTEGER NOT NULL,
        clock TEXT NOT NULL
    )
    """,
    "CREATE INDEX idx_effort_ended_on ON effort(deployment_id, ended_on)",
    # The account reads when a season was recorded, and nothing else of its recordings.
    """
    CREATE INDEX idx_recording_effort
    ON recording(deployment_id, datetime, duration_s, samplerate_hz)
    """,
)

MICROPHONES = (
    "ALTER TABLE recording ADD COLUMN microphone TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE effort ADD COLUMN microphone TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX idx_recording_microphone ON recording(microphone, datetime)",
    "DROP INDEX idx_recording_effort",
    """
    CREATE INDEX idx_recording_effort
    ON recording(deployment_id, microphone, datetime, duration_s, samplerate_hz)
    """,
)

BUILDS = (
    "ALTER TABLE model_output ADD COLUMN model_version TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE model_output ADD COLUMN model_hash TEXT NOT NULL DEFAULT ''",
)

# What cleaners compare recordings by, for hours; not who was heard, which detections say.
HEARD = (
    """
    CREATE TABLE heard (
        topic TEXT NOT NULL,
        model_name TEXT NOT NULL,
        deployment_id BLOB NOT NULL,
        microphone TEXT NOT NULL,
        species TEXT NOT NULL,
        heard_on TEXT NOT NULL,
        recording_id BLOB NOT NULL,
        ordinal INTEGER NOT NULL,
        PRIMARY KEY (
            topic, model_name, deployment_id, microphone, species, heard_on, recording_id, ordinal
        )
    ) WITHOUT ROWID
    """,
    "CREATE INDEX idx_heard_recording ON heard(recording_id)",
)

# acoupi 0.8 wrote instants in the zone they came in, and no path as "None".
TIDY = (
    "UPDATE deployment SET started_on = as_utc(started_on), ended_on = as_utc(ended_on)",
    "UPDATE recording SET datetime = as_utc(datetime), path = nullif(path, 'None')",
    "UPDATE model_output SET created_on = as_utc(created_on)",
)


def _create_tables(connection: sqlite3.Connection) -> None:
    _run(connection, (*TABLES, *INDEXES))


def _follow_processing(connection: sqlite3.Connection) -> None:
    connection.create_function("as_utc", 1, _as_utc, deterministic=True)
    _run(connection, (*DEPLOYMENT_WITHOUT_UNIQUE, *RECORDING_WITHOUT_UNIQUE, *TIDY, *PROCESSING))


def _tell_attempts_apart(connection: sqlite3.Connection) -> None:
    _run(connection, ATTEMPTS)


def _account_for_time(connection: sqlite3.Connection) -> None:
    _run(connection, EFFORT)


def _tell_microphones_apart(connection: sqlite3.Connection) -> None:
    _run(connection, MICROPHONES)


def _tell_builds_apart(connection: sqlite3.Connection) -> None:
    _run(connection, BUILDS)


def _remember_what_was_heard(connection: sqlite3.Connection) -> None:
    _run(connection, HEARD)


def _as_utc(text: str | None) -> str | None:
    if text is None:
        return None
    instant = dt.datetime.fromisoformat(text)
    return instant_text(instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC))


def _run(connection: sqlite3.Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        connection.execute(statement)


MIGRATIONS: Sequence[Migration] = (
    _create_tables,
    _follow_processing,
    _tell_attempts_apart,
    _account_for_time,
    _tell_microphones_apart,
    _tell_builds_apart,
    _remember_what_was_heard,
)
