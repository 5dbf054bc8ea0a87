import datetime as dt
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.data import (
    BoundingBox,
    Deployment,
    EventDetection,
    ModelOutput,
    PredictedTag,
    Recording,
    Tag,
)

START = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)


@pytest.fixture
def db_path(tmp_path: Path) -> Path:
    return tmp_path / "metadata.db"


@pytest.fixture
def store(db_path: Path) -> Generator[SqliteStore]:
    store = SqliteStore(db_path)
    yield store
    store.close()


@pytest.fixture
def deployment() -> Deployment:
    return Deployment(name="wood", latitude=52.1, longitude=-0.2, started_on=START)


@pytest.fixture
def make_recording(deployment: Deployment) -> Callable[..., Recording]:
    def make(minute: int = 0, **fields: object) -> Recording:
        given: dict[str, object] = {
            "created_on": START + dt.timedelta(minutes=minute),
            "duration": 3.0,
            "samplerate": 48_000,
            "deployment": deployment,
            "path": Path(f"/audio/{minute}.wav"),
        }
        return Recording.model_validate(given | fields)

    return make


@pytest.fixture
def make_detection() -> Callable[..., EventDetection]:
    def make(score: float = 0.5, species: str = "Turdus merula") -> EventDetection:
        return EventDetection(
            detection_score=score,
            location=BoundingBox.from_coordinates(0.1, 1500, 0.4, 8000),
            tags=[
                PredictedTag(tag=Tag(key="species", value=species), confidence_score=score),
                PredictedTag(tag=Tag(key="kind", value="song")),
            ],
        )

    return make


@pytest.fixture
def make_output(
    make_recording: Callable[..., Recording], make_detection: Callable[..., EventDetection]
) -> Callable[..., ModelOutput]:
    def make(recording: Recording | None = None, **fields: object) -> ModelOutput:
        recording = recording or make_recording()
        given: dict[str, object] = {
            "name_model": "activity",
            "recording": recording,
            "created_on": recording.created_on + dt.timedelta(seconds=10),
            "detections": [make_detection()],
        }
        return ModelOutput.model_validate(given | fields)

    return make
