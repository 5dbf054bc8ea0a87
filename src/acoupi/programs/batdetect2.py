"""Record at night, find the calls of bats, keep some of those recordings, and send what was found.

``acoupi models install batdetect2`` comes first.
"""

import datetime as dt

from pydantic import Field

from acoupi.components.types import Model
from acoupi.models.batdetect2.options import BatDetect2Choices
from acoupi.programs.templates import (
    AudioConfiguration,
    ClassifierConfiguration,
    ClassifierProgram,
    DetectionsConfiguration,
)

__all__ = ["BatDetect2Config", "Program"]


def _at_night() -> AudioConfiguration:
    return AudioConfiguration(
        duration=3, interval=10, schedule_start=dt.time(19), schedule_end=dt.time(7)
    )


class BatDetect2Config(ClassifierConfiguration):
    """The configuration of the BatDetect2 program."""

    recording: AudioConfiguration = Field(default_factory=_at_night)
    detections: DetectionsConfiguration = Field(
        default_factory=lambda: DetectionsConfiguration(threshold=0.3)
    )
    batdetect2: BatDetect2Choices = Field(default_factory=BatDetect2Choices)


class Program(ClassifierProgram[BatDetect2Config]):
    """Record at night, find the calls of bats, keep and send that."""

    config_schema = BatDetect2Config
    gate_preset = "ultrasonic"

    def configure_model(self, config: BatDetect2Config) -> Model:
        """Take BatDetect2 from the models that are installed."""
        return self.open_model("batdetect2", config.batdetect2, config)
