"""Record at night, find the calls of bats, keep some of those recordings, and send what was found.

``acoupi models install batdetect2`` comes first.
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
    ProcessingFilter,
    RecordingSavingFilter,
)
from acoupi.config.fields import NoUserPrompt
from acoupi.data import ModelOutput
from acoupi.models.batdetect2.options import BatDetect2Choices
from acoupi.programs.templates import (
    AudioConfiguration,
    DetectionProgram,
    DetectionProgramConfiguration,
)
from acoupi.programs.templates.configuration import DetectionsConfiguration
from acoupi.tasks.summary import generate_summariser_task

__all__ = ["BatDetect2Config", "GateConfig", "Program", "SavingConfig", "SummaryConfig"]

LEAST_THRESHOLD = 0.01


class SavingConfig(BaseModel):
    """Which recordings are kept."""

    threshold: float = Field(
        default=0.5, ge=0, le=1, description="keep a recording with a call of this score"
    )


class SummaryConfig(BaseModel):
    """What is sent of many calls at once."""

    interval: float = Field(default=3600, gt=0, description="time between two summaries (s)")


class GateConfig(BaseModel):
    """Which recordings the network need not see, since nothing calls in them."""

    threshold_db: float = Field(
        default=10,
        gt=0,
        description="how far something must stand out from the background (dB)",
    )


def _at_night() -> AudioConfiguration:
    return AudioConfiguration(
        duration=3, interval=10, schedule_start=dt.time(19), schedule_end=dt.time(7)
    )


class BatDetect2Config(DetectionProgramConfiguration):
    """The configuration of the BatDetect2 program."""

    recording: AudioConfiguration = Field(default_factory=_at_night)
    detections: DetectionsConfiguration = Field(
        default_factory=lambda: DetectionsConfiguration(threshold=0.3)
    )
    batdetect2: BatDetect2Choices = Field(default_factory=BatDetect2Choices)
    gate: Annotated[GateConfig | None, NoUserPrompt] = Field(
        default=None,
        description="spare the network recordings in which nothing stands out, for a tenth of "
        "its time; it sees all of them if this is null",
    )
    saving: SavingConfig | None = Field(
        default_factory=SavingConfig,
        description="which recordings to keep; all of them if this is null",
    )
    summary: Annotated[SummaryConfig | None, NoUserPrompt] = Field(
        default=None,
        description="send summaries, and no message for each recording, unless this is null",
    )


class Program(DetectionProgram[BatDetect2Config]):
    """Record at night, find the calls of bats, keep and send that."""

    config_schema = BatDetect2Config

    def setup(self, config: BatDetect2Config) -> None:
        """Build the components and add the tasks."""
        super().setup(config)
        if config.summary is not None:
            self._add_summary_task(config.summary)

    def configure_model(self, config: BatDetect2Config) -> Model:
        """Take BatDetect2 from the models that are installed."""
        from acoupi.models.shelf import open_model

        threshold = max(config.detections.threshold, LEAST_THRESHOLD)
        return open_model("batdetect2", {**config.batdetect2.model_dump(), "threshold": threshold})

    def get_processing_filters(self, config: BatDetect2Config) -> list[ProcessingFilter]:
        """Let the network see recordings in which something stands out, if that is wanted."""
        if config.gate is None:
            return []
        from acoupi.models.gate import ActivityGate

        return [ActivityGate("ultrasonic", config.gate.threshold_db)]

    def get_output_cleaners(self, config: BatDetect2Config) -> list[ModelOutputCleaner]:
        """Remove nothing: the model keeps to the threshold, and shares of species may be below."""
        return []

    def get_recording_filters(self, config: BatDetect2Config) -> list[RecordingSavingFilter]:
        """Keep recordings in which a call is certain enough."""
        return [] if config.saving is None else [SavingThreshold(config.saving.threshold)]

    def get_message_factories(
        self, config: BatDetect2Config
    ) -> list[MessageBuilder[[ModelOutput]]]:
        """Send every output with a call, unless they are summed up."""
        return [] if config.summary else [DetectionThresholdMessageBuilder(0)]

    def _add_summary_task(self, summary: SummaryConfig) -> None:
        interval = dt.timedelta(seconds=summary.interval)
        task = generate_summariser_task(
            summarisers=[StatisticsDetectionsSummariser(self.store, interval)],  # pyright: ignore[reportArgumentType] - the store of the template has what is asked of it
            message_store=self.message_store,
            logger=self.logger.getChild("summary"),
        )
        self.add_task(function=task, schedule=interval, queue=self.background_queue)
