"""Recordings and model outputs for the contract tests."""

import datetime as dt
from pathlib import Path

from acoupi.data import (
    BoundingBox,
    Deployment,
    Detection,
    ModelOutput,
    PredictedTag,
    PredictionType,
    Recording,
    Tag,
)
from acoupi.testing.sounds import write_silence

__all__ = ["STARTED_ON", "deployment", "detection", "output", "recording", "recording_with_file"]

STARTED_ON = dt.datetime(2026, 5, 1, 3, 30, 0, 123456, tzinfo=dt.UTC)


def deployment(name: str = "wood", minute: int = 0) -> Deployment:
    """Make a deployment with a place that has not ended."""
    return Deployment(name=name, latitude=52.1, longitude=-0.2, started_on=_at(minute))


def recording(
    at: Deployment, path: Path | None = Path("/audio/one.wav"), minute: int = 0
) -> Recording:
    """Make a recording of two channels, ten times slower than it was heard."""
    return Recording(
        created_on=_at(minute),
        duration=3.25,
        samplerate=44_100,
        deployment=at,
        path=path,
        audio_channels=2,
        time_expansion=10,
    )


def recording_with_file(folder: Path, minute: int = 0, duration_s: float = 1) -> Recording:
    """Make a recording of silence with a file."""
    made = Recording(
        created_on=_at(minute), duration=duration_s, samplerate=8000, deployment=deployment()
    )
    path = folder / f"{made.id}.wav"
    write_silence(path, duration_s, made.samplerate)
    return made.model_copy(update={"path": path})


def detection(
    score: float = 0.75, species: str = "Turdus merula", kind: str = PredictionType.EVENT
) -> Detection:
    """Make a detection with a box and two tags, one of them as sure as the score."""
    return Detection(
        prediction_type=PredictionType(kind),
        detection_score=score,
        location=BoundingBox.from_coordinates(0.1, 1500, 0.4, 3000),
        tags=[PredictedTag(Tag("species", species), score), PredictedTag(Tag("kind", "song"))],
    )


def output(of: Recording, *detections: Detection, model: str = "model") -> ModelOutput:
    """Make what a model said ten seconds after the start of a recording."""
    return ModelOutput(
        name_model=model,
        recording=of,
        detections=list(detections),
        created_on=of.created_on + dt.timedelta(seconds=10),
    )


def _at(minute: int) -> dt.datetime:
    return STARTED_ON + dt.timedelta(minutes=minute)
