"""What comes out: recordings, outputs, detections and tags."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from acoupi.components.stores.sqlite.rows import (
    deployment_of,
    detection_of,
    output_info_of,
    output_of,
    recording_of,
    tag_of,
)
from acoupi.components.stores.sqlite.where import Where, fetch
from acoupi.data import (
    Deployment,
    Detection,
    ModelOutput,
    ModelOutputInfo,
    PredictedTag,
    Recording,
)

__all__ = [
    "find_current_deployment",
    "find_detections",
    "find_output_infos",
    "find_outputs",
    "find_outputs_of",
    "find_recordings",
    "find_tags",
    "output_ids_of_detections",
]

CURRENT_DEPLOYMENT = """
SELECT id AS deployment_id, name AS deployment_name, started_on, ended_on, latitude, longitude
FROM deployment
WHERE ended_on IS NULL
ORDER BY started_on DESC, rowid DESC
LIMIT 1
"""

RECORDINGS = """
SELECT
    recording.datetime AS instant, recording.rowid AS ordinal, recording.id AS recording_id,
    path, duration_s, samplerate_hz, audio_channels, time_expansion, microphone,
    deployment_id, deployment.name AS deployment_name, started_on, ended_on, latitude, longitude
FROM recording
JOIN deployment ON deployment.id = recording.deployment_id
"""

OUTPUTS = """
SELECT
    model_output.created_on AS instant, model_output.rowid AS ordinal,
    model_output.id, model_name, model_version, model_hash, recording_id
FROM model_output
"""

DETECTIONS = """
SELECT
    model_output.created_on AS instant, detection.rowid AS ordinal,
    detection.id, prediction_type, start_time_s, low_freq_hz, end_time_s, high_freq_hz,
    detection_score, model_output_id
FROM detection
JOIN model_output ON model_output.id = detection.model_output_id
"""

TAGS = """
SELECT
    model_output.created_on AS instant, predicted_tag.id AS ordinal,
    key, value, confidence_score, detection_id
FROM predicted_tag
JOIN detection ON detection.id = predicted_tag.detection_id
JOIN model_output ON model_output.id = detection.model_output_id
"""


def find_current_deployment(connection: sqlite3.Connection) -> Deployment | None:
    """Return the deployment that started last among those that have not ended."""
    row = connection.execute(CURRENT_DEPLOYMENT).fetchone()
    return None if row is None else deployment_of(row)


def find_recordings(
    connection: sqlite3.Connection, where: Where, limit: int | None = None
) -> list[Recording]:
    """Return recordings, oldest first."""
    return [recording_of(row) for row in fetch(connection, RECORDINGS, where, limit)]


def find_outputs(
    connection: sqlite3.Connection, where: Where, limit: int | None = None
) -> list[ModelOutput]:
    """Return whole outputs, oldest first."""
    rows = fetch(connection, OUTPUTS, where, limit)
    known = Where().among("recording.id", [row["recording_id"] for row in rows])
    recordings = {
        recording.id.bytes: recording for recording in find_recordings(connection, known)
    }
    detections = _detections_by_output(connection, [row["id"] for row in rows])
    return [output_of(row, recordings[row["recording_id"]], detections[row["id"]]) for row in rows]


def find_outputs_of(
    connection: sqlite3.Connection, recording_ids: Iterable[UUID]
) -> dict[UUID, list[ModelOutput]]:
    """Return all outputs of each of these recordings."""
    found: dict[UUID, list[ModelOutput]] = {id_: [] for id_ in recording_ids}
    for output in find_outputs(connection, Where().among("recording_id", found)):
        found[output.recording.id].append(output)
    return found


def find_output_infos(
    connection: sqlite3.Connection, recording_ids: Iterable[UUID]
) -> dict[UUID, list[ModelOutputInfo]]:
    """Return who has answered for each of these recordings."""
    found: dict[UUID, list[ModelOutputInfo]] = {id_: [] for id_ in recording_ids}
    for row in fetch(connection, OUTPUTS, Where().among("recording_id", found)):
        found[UUID(bytes=row["recording_id"])].append(output_info_of(row))
    return found


def find_detections(connection: sqlite3.Connection, where: Where) -> list[Detection]:
    """Return detections in the order in which they were found."""
    return [detection for _, detection in _detections(connection, where)]


def find_tags(connection: sqlite3.Connection, where: Where) -> list[PredictedTag]:
    """Return tags in the order in which they were given."""
    return [tag_of(row) for row in fetch(connection, TAGS, where)]


def output_ids_of_detections(
    connection: sqlite3.Connection, detection_ids: Iterable[UUID]
) -> list[UUID]:
    """Return which outputs these detections belong to."""
    rows = fetch(connection, DETECTIONS, Where().among("detection.id", detection_ids))
    return [UUID(bytes=row["model_output_id"]) for row in rows]


def _detections_by_output(
    connection: sqlite3.Connection, output_ids: Sequence[bytes]
) -> defaultdict[bytes, list[Detection]]:
    found: defaultdict[bytes, list[Detection]] = defaultdict(list)
    for output_id, detection in _detections(
        connection, Where().among("model_output_id", output_ids)
    ):
        found[output_id].append(detection)
    return found


def _detections(connection: sqlite3.Connection, where: Where) -> list[tuple[bytes, Detection]]:
    rows = fetch(connection, DETECTIONS, where)
    tags: defaultdict[bytes, list[PredictedTag]] = defaultdict(list)
    theirs = Where().among("detection_id", [row["id"] for row in rows])
    for row in fetch(connection, TAGS, theirs):
        tags[row["detection_id"]].append(tag_of(row))
    return [(row["model_output_id"], detection_of(row, tags[row["id"]])) for row in rows]
