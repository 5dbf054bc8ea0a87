"""Objects to rows, and back."""

import datetime as dt
import math
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

from acoupi.data import (
    BoundingBox,
    Deployment,
    Detection,
    ModelOutput,
    ModelOutputInfo,
    PredictedTag,
    PredictionType,
    Recording,
    Tag,
)

__all__ = [
    "Value",
    "bound",
    "deployment_of",
    "deployment_row",
    "detection_of",
    "detection_row",
    "instant_text",
    "output_info_of",
    "output_of",
    "output_row",
    "recording_of",
    "recording_row",
    "tag_of",
    "tag_rows",
]

Value = bytes | str | float | None
"""What SQLite keeps."""

BOX_COLUMNS = ("start_time_s", "low_freq_hz", "end_time_s", "high_freq_hz")


def instant_text(instant: dt.datetime) -> str:
    """Write an instant so that text order is time order."""
    return instant.astimezone(dt.UTC).isoformat()


def bound(value: object) -> Value:
    """Turn what a query compares with into what the column holds."""
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, dt.datetime):
        return instant_text(value)
    if isinstance(value, bytes | float | int):
        return value
    return None if value is None else str(value)


def deployment_row(deployment: Deployment) -> tuple[Value, ...]:
    """Return id, name, start, end, latitude, longitude."""
    return (
        deployment.id.bytes,
        deployment.name,
        instant_text(deployment.started_on),
        bound(deployment.ended_on),
        deployment.latitude,
        deployment.longitude,
    )


def deployment_of(row: sqlite3.Row) -> Deployment:
    """Read a deployment, which may be joined to a recording."""
    return Deployment(
        id=UUID(bytes=row["deployment_id"]),
        name=row["deployment_name"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        started_on=row["started_on"],
        ended_on=row["ended_on"],
    )


def recording_row(recording: Recording, deployment: Deployment) -> tuple[Value, ...]:
    """Return id, path, start, duration, rate, channels, deployment, time expansion, microphone."""
    return (
        recording.id.bytes,
        bound(recording.path),
        instant_text(recording.created_on),
        recording.duration,
        recording.samplerate,
        recording.audio_channels,
        deployment.id.bytes,
        recording.time_expansion,
        recording.microphone,
    )


def recording_of(row: sqlite3.Row) -> Recording:
    """Read a recording joined to its deployment."""
    return Recording(
        id=UUID(bytes=row["recording_id"]),
        path=None if row["path"] is None else Path(row["path"]),
        created_on=row["instant"],
        duration=row["duration_s"],
        samplerate=row["samplerate_hz"],
        audio_channels=row["audio_channels"],
        time_expansion=row["time_expansion"],
        microphone=row["microphone"],
        deployment=deployment_of(row),
    )


def output_row(output: ModelOutput) -> tuple[Value, ...]:
    """Return id, model name, recording, instant, the model's version and hash."""
    return (
        output.id.bytes,
        output.name_model,
        output.recording.id.bytes,
        instant_text(output.created_on),
        output.model_version,
        output.model_hash,
    )


def output_of(
    row: sqlite3.Row, recording: Recording, detections: Sequence[Detection]
) -> ModelOutput:
    """Read an output, given what it refers to."""
    return ModelOutput(
        id=UUID(bytes=row["id"]),
        name_model=row["model_name"],
        model_version=row["model_version"],
        model_hash=row["model_hash"],
        created_on=row["instant"],
        recording=recording,
        detections=detections,
    )


def output_info_of(row: sqlite3.Row) -> ModelOutputInfo:
    """Read that a model has answered."""
    return ModelOutputInfo(
        id=UUID(bytes=row["id"]), name_model=row["model_name"], created_on=row["instant"]
    )


def detection_row(detection: Detection, output: ModelOutput) -> tuple[Value, ...]:
    """Return id, type, start, low, end, high, score, output."""
    box = detection.location.coordinates if detection.location else (None,) * 4
    return (
        detection.id.bytes,
        detection.prediction_type.value,
        *box,
        detection.detection_score,
        output.id.bytes,
    )


def detection_of(row: sqlite3.Row, tags: list[PredictedTag]) -> Detection:
    """Read a detection, given its tags."""
    return Detection(
        id=UUID(bytes=row["id"]),
        prediction_type=PredictionType(row["prediction_type"]),
        location=_box_of([row[column] for column in BOX_COLUMNS]),
        detection_score=row["detection_score"],
        tags=tags,
    )


def _box_of(edges: Sequence[float | None]) -> BoundingBox | None:
    if all(edge is None for edge in edges):
        return None
    # SQLite keeps "not a number" as NULL.
    start_s, low_hz, end_s, high_hz = (math.nan if edge is None else edge for edge in edges)
    return BoundingBox(coordinates=(start_s, low_hz, end_s, high_hz))


def tag_rows(detections: Sequence[Detection]) -> Iterator[tuple[Value, ...]]:
    """Return key, value, confidence, detection of all tags."""
    for detection in detections:
        for predicted in detection.tags:
            tag = predicted.tag
            yield tag.key, tag.value, predicted.confidence_score, detection.id.bytes


def tag_of(row: sqlite3.Row) -> PredictedTag:
    """Read a tag."""
    return PredictedTag(
        tag=Tag(key=row["key"], value=row["value"]), confidence_score=row["confidence_score"]
    )
