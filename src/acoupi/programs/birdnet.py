"""Record, tell which birds are heard, keep some of those recordings, and send what was found.

``acoupi models install birdnet`` comes first.
"""

import datetime as dt

from pydantic import Field

from acoupi.components.types import Model
from acoupi.models.birdnet.options import BirdNetChoices
from acoupi.programs.templates import (
    AudioConfiguration,
    ClassifierConfiguration,
    ClassifierProgram,
    DetectionsConfiguration,
    SavingConfiguration,
)
from acoupi.programs.templates.notes import knows_place

__all__ = ["BirdNetConfig", "Program"]

NO_PLACE = (
    "names birds of the whole world where it knows no coordinates: "
    "start the deployment with --latitude and --longitude"
)


def _every_bird() -> AudioConfiguration:
    """Record from before dawn to after dusk without a pause."""
    return AudioConfiguration(
        duration=15, interval=15, schedule_start=dt.time(3), schedule_end=dt.time(23)
    )


class BirdNetConfig(ClassifierConfiguration):
    """The configuration of the BirdNET program."""

    recording: AudioConfiguration = Field(default_factory=_every_bird)
    detections: DetectionsConfiguration = Field(
        default_factory=lambda: DetectionsConfiguration(threshold=0.25)
    )
    saving: SavingConfiguration | None = Field(
        default_factory=lambda: SavingConfiguration(threshold=0.7),
        description="which recordings to keep; all of them if this is null",
    )
    birdnet: BirdNetChoices = Field(default_factory=lambda: BirdNetChoices(language=""))


class Program(ClassifierProgram[BirdNetConfig]):
    """Record, tell which birds are heard, keep and send that."""

    config_schema = BirdNetConfig
    gate_preset = "audible"

    def configure_model(self, config: BirdNetConfig) -> Model:
        """Take BirdNET from the models that are installed."""
        return self.open_model("birdnet", config.birdnet, config)

    def notes(self, config: BirdNetConfig) -> list[str]:
        """Tell also that without a place, all birds of the world are expected there."""
        choices = config.birdnet
        goes_by_place = choices.range_filter and not choices.species
        if not goes_by_place or knows_place(self.store):
            return super().notes(config)
        return [*super().notes(config), NO_PLACE]
