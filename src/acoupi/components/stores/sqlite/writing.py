"""What goes in; the caller holds the transaction."""

import sqlite3
from pathlib import Path

from acoupi.components.stores.sqlite.rows import (
    bound,
    deployment_row,
    detection_row,
    output_row,
    recording_row,
    tag_rows,
)
from acoupi.data import Deployment, ModelOutput, Recording

__all__ = [
    "insert_deployment",
    "insert_output",
    "insert_recording",
    "replace_deployment",
    "set_path",
]

INSERT_DEPLOYMENT = """
INSERT INTO deployment (id, name, started_on, ended_on, latitude, longitude)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO NOTHING
"""

REPLACE_DEPLOYMENT = """
INSERT INTO deployment (id, name, started_on, ended_on, latitude, longitude)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, started_on = excluded.started_on, ended_on = excluded.ended_on,
    latitude = excluded.latitude, longitude = excluded.longitude
"""

INSERT_RECORDING = """
INSERT INTO recording (
    id, path, datetime, duration_s, samplerate_hz, audio_channels, deployment_id, time_expansion,
    microphone
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO NOTHING
"""

# Files of acoupi 0.8 may hold two outputs of one model for one recording, so that
# a unique index is out of the question.
IS_ANSWERED = """
SELECT 1 FROM model_output WHERE id = :id
UNION ALL
SELECT 1 FROM model_output WHERE recording_id = :recording_id AND model_name = :model_name
LIMIT 1
"""

INSERT_OUTPUT = """
INSERT INTO model_output (id, model_name, recording_id, created_on, model_version, model_hash)
VALUES (?, ?, ?, ?, ?, ?)
"""

INSERT_DETECTION = """
INSERT INTO detection (
    id, prediction_type, start_time_s, low_freq_hz, end_time_s, high_freq_hz,
    detection_score, model_output_id
) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""

INSERT_TAG = """
INSERT INTO predicted_tag (key, value, confidence_score, detection_id) VALUES (?, ?, ?, ?)
"""


def insert_deployment(connection: sqlite3.Connection, deployment: Deployment) -> None:
    """Add a deployment unless it is known."""
    connection.execute(INSERT_DEPLOYMENT, deployment_row(deployment))


def replace_deployment(connection: sqlite3.Connection, deployment: Deployment) -> None:
    """Write all fields of a deployment; it is added if it is not known."""
    connection.execute(REPLACE_DEPLOYMENT, deployment_row(deployment))


def insert_recording(
    connection: sqlite3.Connection, recording: Recording, deployment: Deployment | None = None
) -> None:
    """Add a recording, and its deployment, unless they are known."""
    owner = deployment or recording.deployment
    insert_deployment(connection, owner)
    connection.execute(INSERT_RECORDING, recording_row(recording, owner))


def insert_output(connection: sqlite3.Connection, output: ModelOutput) -> None:
    """Add an output with all that it holds, unless its model has answered already."""
    insert_recording(connection, output.recording)
    if _is_answered(connection, output):
        return
    connection.execute(INSERT_OUTPUT, output_row(output))
    connection.executemany(
        INSERT_DETECTION, [detection_row(detection, output) for detection in output.detections]
    )
    connection.executemany(INSERT_TAG, tag_rows(output.detections))


def _is_answered(connection: sqlite3.Connection, output: ModelOutput) -> bool:
    values = {
        "id": output.id.bytes,
        "recording_id": output.recording.id.bytes,
        "model_name": output.name_model,
    }
    return connection.execute(IS_ANSWERED, values).fetchone() is not None


def set_path(connection: sqlite3.Connection, recording: Recording, path: Path | None) -> None:
    """Note where the file of a recording is now."""
    insert_recording(connection, recording)
    connection.execute(
        "UPDATE recording SET path = ? WHERE id = ?", (bound(path), recording.id.bytes)
    )
