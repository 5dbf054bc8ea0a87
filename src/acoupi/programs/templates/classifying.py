"""A program that runs a classifier, keeps what is certain, and sends or sums up the rest."""

from datetime import timedelta
from typing import Annotated, ClassVar, TypeVar

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
from acoupi.programs.templates.configuration import DetectionProgramConfiguration
from acoupi.programs.templates.detection import DetectionProgram
from acoupi.tasks.summary import generate_summariser_task

__all__ = [
    "ClassifierConfiguration",
    "ClassifierProgram",
    "GateConfiguration",
    "SavingConfiguration",
    "SummaryConfiguration",
]

LEAST_THRESHOLD = 0.01
"""A classifier that reported everything would drown the rest."""


class SavingConfiguration(BaseModel):
    """Which recordings are kept."""

    threshold: float = Field(
        default=0.5, ge=0, le=1, description="keep a recording with a detection of this score"
    )


class SummaryConfiguration(BaseModel):
    """What is sent of many detections at once."""

    interval: float = Field(default=3600, gt=0, description="time between two summaries (s)")


class GateConfiguration(BaseModel):
    """Which recordings the model need not hear, since nothing calls in them."""

    threshold_db: float = Field(
        default=10,
        gt=0,
        description="how far something must stand out from the background (dB)",
    )


class ClassifierConfiguration(DetectionProgramConfiguration):
    """The configuration of a program that runs a classifier."""

    gate: Annotated[GateConfiguration | None, NoUserPrompt] = Field(
        default=None,
        description="spare the model recordings in which nothing stands out; "
        "it hears all of them if this is null",
    )
    saving: SavingConfiguration | None = Field(
        default_factory=SavingConfiguration,
        description="which recordings to keep; all of them if this is null",
    )
    summary: Annotated[SummaryConfiguration | None, NoUserPrompt] = Field(
        default=None,
        description="send summaries, and no message for each recording, unless this is null",
    )


C = TypeVar("C", bound=ClassifierConfiguration)


class ClassifierProgram(DetectionProgram[C]):
    """Records, runs a classifier that knows its own threshold, keeps and sends what it found."""

    gate_preset: ClassVar[str] = "auto"
    """What the gate listens to: a preset of the activity detector."""

    def setup(self, config: C) -> None:
        """Build the components and add the tasks."""
        super().setup(config)
        if config.summary is not None:
            self.register_summary_task(config.summary)

    def open_model(self, name: str, choices: BaseModel, config: C) -> Model:
        """Take a model from those that are installed, with the threshold of the program."""
        from acoupi.models.shelf import open_model

        return open_model(name, {**choices.model_dump(), "threshold": self.least_score(config)})

    def least_score(self, config: C) -> float:
        """Return the lowest score that the model should report."""
        return max(config.detections.lowest_score, LEAST_THRESHOLD)

    def get_processing_filters(self, config: C) -> list[ProcessingFilter]:
        """Let the model hear recordings in which something stands out, if that is wanted."""
        if config.gate is None:
            return []
        from acoupi.models import ActivityGate

        return [ActivityGate(self.gate_preset, config.gate.threshold_db)]

    def get_output_cleaners(self, config: C) -> list[ModelOutputCleaner]:
        """Leave the threshold to the model: it keeps to it, and tags may be below."""
        return self.get_further_cleaners(config)

    def get_recording_filters(self, config: C) -> list[RecordingSavingFilter]:
        """Keep recordings with a detection that is certain enough."""
        return [] if config.saving is None else [SavingThreshold(config.saving.threshold)]

    def get_message_factories(self, config: C) -> list[MessageBuilder[[ModelOutput]]]:
        """Send every output with a detection, unless they are summed up."""
        return [] if config.summary else [DetectionThresholdMessageBuilder(0)]

    def register_summary_task(self, summary: SummaryConfiguration) -> None:
        """Add the task that sums up what was found."""
        interval = timedelta(seconds=summary.interval)
        task = generate_summariser_task(
            summarisers=[StatisticsDetectionsSummariser(self.store, interval)],  # pyright: ignore[reportArgumentType] - the store of the template has what is asked of it
            message_store=self.message_store,
            logger=self.logger.getChild("summary"),
        )
        self.add_task(function=task, schedule=interval, queue=self.background_queue)
