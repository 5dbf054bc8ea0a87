"""A program with a model of its own: it hears what is louder than the rest."""

import math
import wave
from array import array
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from statistics import median

from pydantic import BaseModel, Field

from acoupi.components.message_factories import DetectionThresholdMessageBuilder
from acoupi.components.types import MessageBuilder, Model
from acoupi.data import (
    BoundingBox,
    EventDetection,
    ModelOutput,
    PredictedTag,
    Recording,
    Tag,
)
from acoupi.programs.templates import DetectionProgram, DetectionProgramConfiguration

WINDOW_S = 0.05
CERTAIN_DB = 40
"""So far above the threshold, nobody could miss it."""


class LoudnessModel(Model):
    """Finds stretches that are louder than the recording is most of the time.

    Parameters
    ----------
    threshold_db
        How much louder.
    """

    name = "loudness-1"

    def __init__(self, threshold_db: float) -> None:
        self.threshold_db = threshold_db

    def run(self, recording: Recording) -> ModelOutput:
        """Find them."""
        assert recording.path is not None  # noqa: S101 - a recording to look at has a file
        levels_db = list(levels(recording.path))
        usual_db = median(levels_db)
        excess_db = [level - usual_db for level in levels_db]
        found = [
            self.detection(recording, start, excess_db[start:end])
            for start, end in stretches([excess > self.threshold_db for excess in excess_db])
        ]
        return ModelOutput(name_model=self.name, recording=recording, detections=found)

    def detection(
        self, recording: Recording, start: int, excess_db: list[float]
    ) -> EventDetection:
        """Describe one loud stretch, from the levels of its windows."""
        score = min(1.0, (max(excess_db) - self.threshold_db) / CERTAIN_DB)
        start_s = start * WINDOW_S
        end_s = min(start_s + len(excess_db) * WINDOW_S, recording.duration)
        highest_hz = recording.samplerate * recording.time_expansion / 2
        return EventDetection(
            detection_score=score,
            location=BoundingBox.from_coordinates(start_s, 0, end_s, highest_hz),
            tags=[PredictedTag(Tag("sound", "loud"), score)],
        )


def levels(path: Path) -> Iterator[float]:
    """Return the level of each window in dB; recordings have 16 bits."""
    with wave.open(str(path), "rb") as wav:
        window = max(1, round(WINDOW_S * wav.getframerate()))
        while frames := wav.readframes(window):
            samples = array("h", frames)
            power = sum(sample * sample for sample in samples) / len(samples)
            yield 10 * math.log10(power + 1)


def stretches(loud: list[bool]) -> Iterator[tuple[int, int]]:
    """Return where each run of true begins and ends."""
    for is_loud, run in groupby(range(len(loud)), key=loud.__getitem__):
        if is_loud:
            windows = list(run)
            yield windows[0], windows[-1] + 1


class LoudnessConfig(BaseModel):
    """How the model listens."""

    threshold_db: float = Field(
        default=12, gt=0, description="how much louder than usual counts (dB)"
    )


class Config(DetectionProgramConfiguration):
    """What the template can be told, and the model."""

    loudness: LoudnessConfig = Field(default_factory=LoudnessConfig)


class Program(DetectionProgram[Config]):
    """Record, find what is loud, and send it."""

    config_schema = Config

    def configure_model(self, config: Config) -> Model:
        """Make the model."""
        return LoudnessModel(config.loudness.threshold_db)

    def get_message_factories(self, config: Config) -> list[MessageBuilder[[ModelOutput]]]:
        """Send every output with something in it."""
        return [DetectionThresholdMessageBuilder(config.detections.threshold)]
