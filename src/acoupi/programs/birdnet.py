"""Record, tell which birds are heard, keep some of those recordings, and send what was found.

``acoupi models install birdnet`` comes first.
"""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, Field

from acoupi.components.message_factories import DetectionThresholdMessageBuilder
from acoupi.components.saving_filters import SavingThreshold
from acoupi.components.summariser import StatisticsDetectionsSummariser
from acoupi.components.types import (
    MessageBuilder,
    Model,
    ModelOutputCleaner,
    RecordingSavingFilter,
)
from acoupi.config.fields import NoUserPrompt
from acoupi.data import ModelOutput
from acoupi.models.birdnet.options import BirdNetChoices
from acoupi.programs.templates import (
    AudioConfiguration,
    DetectionProgram,
    DetectionProgramConfiguration,
)
from acoupi.programs.templates.configuration import DetectionsConfiguration
from acoupi.tasks.summary import generate_summariser_task

__all__ = ["BirdNetConfig", "Program", "SavingConfig", "SummaryConfig"]


class SavingConfig(BaseModel):
    """Which recordings are kept."""

    threshold: float = Field(
        default=0.7, ge=0, le=1, description="keep a recording with a detection of this score"
    )


class SummaryConfig(BaseModel):
    """What is sent of many detections at once."""

    interval: float = Field(default=3600, gt=0, description="time between two summaries (s)")


def _every_bird() -> AudioConfiguration:
    """Record from before dawn to after dusk without a pause."""
    return AudioConfiguration(
        duration=15, interval=15, schedule_start=dt.time(3), schedule_end=dt.time(23)
    )


class BirdNetConfig(DetectionProgramConfiguration):
    """The configuration of the BirdNET program."""

    recording: AudioConfiguration = Field(default_factory=_every_bird)
    detections: DetectionsConfiguration = Field(
        default_factory=lambda: DetectionsConfiguration(threshold=0.25)
    )
    birdnet: BirdNetChoices = Field(default_factory=lambda: BirdNetChoices(language=""))
    saving: SavingConfig | None = Field(
        default_factory=SavingConfig,
        description="which recordings to keep; all of them if this is null",
    )
    summary: Annotated[SummaryConfig | None, NoUserPrompt] = Field(
        default=None,
        description="send summaries, and no message for each recording, unless this is null",
    )


class Program(DetectionProgram[BirdNetConfig]):
    """Record, tell which birds are heard, keep and send that."""

    config_schema = BirdNetConfig

    def setup(self, config: BirdNetConfig) -> None:
        """Build the components and add the tasks."""
        super().setup(config)
        if config.summary is not None:
            self._add_summary_task(config.summary)

    def configure_model(self, config: BirdNetConfig) -> Model:
        """Take BirdNET from the models that are installed."""
        from acoupi.models.shelf import open_model

        threshold = max(config.detections.threshold, 0.01)
        return open_model("birdnet", {**config.birdnet.model_dump(), "threshold": threshold})

    def get_output_cleaners(self, config: BirdNetConfig) -> list[ModelOutputCleaner]:
        """Remove nothing: BirdNET itself keeps to the thresholds, also those of species."""
        return []

    def get_recording_filters(self, config: BirdNetConfig) -> list[RecordingSavingFilter]:
        """Keep recordings in which a species is certain enough."""
        return [] if config.saving is None else [SavingThreshold(config.saving.threshold)]

    def get_message_factories(self, config: BirdNetConfig) -> list[MessageBuilder[[ModelOutput]]]:
        """Send every output in which a species was heard, unless they are summed up."""
        return [] if config.summary else [DetectionThresholdMessageBuilder(0)]

    def _add_summary_task(self, summary: SummaryConfig) -> None:
        interval = dt.timedelta(seconds=summary.interval)
        task = generate_summariser_task(
            summarisers=[StatisticsDetectionsSummariser(self.store, interval)],  # pyright: ignore[reportArgumentType] - the store of the template has what is asked of it
            message_store=self.message_store,
            logger=self.logger.getChild("summary"),
        )
        self.add_task(function=task, schedule=interval, queue=self.background_queue)
