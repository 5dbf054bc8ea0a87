"""Recordings and outputs for the tests of components."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acoupi.data import (
    Deployment,
    EventDetection,
    ModelOutput,
    PredictedTag,
    Recording,
    Tag,
)

MakeRecording = Callable[..., Recording]
MakeOutput = Callable[..., ModelOutput]


@pytest.fixture
def make_recording(tmp_path: Path) -> MakeRecording:
    """Make a recording with a file, at an instant and a place."""

    def make(
        created_on: dt.datetime = dt.datetime(2024, 3, 5, 7, 8, 9, tzinfo=dt.UTC),
        name: str = "wood",
        content: bytes = b"RIFF sound",
        **place: float | None,
    ) -> Recording:
        recording = Recording(
            created_on=created_on,
            duration=3,
            samplerate=48_000,
            deployment=Deployment(name=name, **place),
        )
        path = tmp_path / "temporary" / f"{recording.id}.wav"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return recording.model_copy(update={"path": path})

    return make


@pytest.fixture
def make_output(make_recording: MakeRecording) -> MakeOutput:
    """Make an output from (score, {(key, value): confidence}) pairs, or scores alone."""

    def make(*found: Any, **fields: Any) -> ModelOutput:
        pairs = [one if isinstance(one, tuple) else (one, {}) for one in found]
        detections = [
            EventDetection(
                detection_score=score,
                tags=[
                    PredictedTag(tag=Tag(key=key, value=value), confidence_score=confidence)
                    for (key, value), confidence in tags.items()
                ],
            )
            for score, tags in pairs
        ]
        fields.setdefault("recording", make_recording())
        return ModelOutput(name_model="model", detections=detections, **fields)

    return make
