"""Recordings of ten seconds, one after the other, in which species are found."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

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
LENGTH_S = 10

Found = tuple[int, str, float]
"""Seconds from the start of the recording, species, score."""


@dataclass
class Wood:
    """Makes what a model says of recordings, the first of them numbered 0."""

    deployment: Deployment = field(default_factory=lambda: Deployment(name="wood"))
    microphone: str = ""
    model: str = "model"

    def output(self, number: int, found: Sequence[Found]) -> ModelOutput:
        """Make what is said of a recording."""
        recording = Recording(
            created_on=START + dt.timedelta(seconds=number * LENGTH_S),
            duration=LENGTH_S,
            samplerate=48_000,
            deployment=self.deployment,
            microphone=self.microphone,
        )
        detections = [detection(*one) for one in found]
        return ModelOutput(name_model=self.model, recording=recording, detections=detections)


def detection(second: float, species: str, score: float) -> EventDetection:
    """Make a detection with a box of a second."""
    return EventDetection(
        detection_score=score,
        location=BoundingBox.from_coordinates(second, 1000, second + 1, 2000),
        tags=[PredictedTag(Tag("species", species), score)],
    )


def found_in(output: ModelOutput) -> list[Found]:
    """Return what is left in an output."""
    return [
        (round(each.location.coordinates[0]), each.tags[0].tag.value, each.detection_score)
        for each in output.detections
        if each.location
    ]
