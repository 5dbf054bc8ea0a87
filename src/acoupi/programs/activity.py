"""Record, find where something calls, keep those recordings, and send what was found.

The detector needs no weights: it finds sound that stands out from the
background, and names no species.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from acoupi.components.message_factories import DetectionThresholdMessageBuilder
from acoupi.components.types import MessageBuilder, Model, RecordingSavingFilter
from acoupi.config.fields import NoUserPrompt
from acoupi.data import ModelOutput
from acoupi.programs.templates import DetectionProgram, DetectionProgramConfiguration
from acoupi.programs.templates.configuration import ASKED_EACH, FurtherMicrophone
from acoupi.programs.templates.microphones import views_of
from acoupi.programs.templates.surroundings import keep_around
from acoupi.programs.templates.trigger_configuration import LONGEST_ROLL_S
from acoupi.tasks.management import SavingRule

__all__ = ["ActivityConfig", "ActivityMicrophone", "DetectorConfig", "Program", "SavingConfig"]


class DetectorConfig(BaseModel):
    """How sensitive the detector is, and to what."""

    preset: Literal["auto", "audible", "ultrasonic"] = Field(
        default="auto",
        description="audible (1.5 to 11 kHz), ultrasonic (15 to 120 kHz), or by the sample rate",
    )
    threshold_db: float = Field(
        default=10, gt=0, description="how far a call must stand out from the background (dB)"
    )


class SavingConfig(BaseModel):
    """Which recordings are kept."""

    threshold: float = Field(
        default=0.5, ge=0, le=1, description="keep a recording with a detection of this score"
    )
    pre_roll_s: Annotated[float, NoUserPrompt] = Field(
        default=0,
        ge=0,
        le=LONGEST_ROLL_S,
        description="keep also what was recorded this long before such a detection (s)",
    )
    post_roll_s: Annotated[float, NoUserPrompt] = Field(
        default=0,
        ge=0,
        le=LONGEST_ROLL_S,
        description="keep also what was recorded this long after such a detection (s)",
    )
    combine: SavingRule = Field(
        default="any",
        description="should a program add filters: keep what any wants, or only what all want",
    )


class ActivityMicrophone(FurtherMicrophone):
    """A microphone beside the first, with a detector of its own if it says one."""

    detector: DetectorConfig | None = Field(
        default=None, description="how it is listened to; as the first if this is left out"
    )


class ActivityConfig(DetectionProgramConfiguration):
    """The configuration of the activity program."""

    further_microphones: Annotated[list[ActivityMicrophone], ASKED_EACH] = Field(  # pyright: ignore[reportIncompatibleVariableOverride]
        default_factory=list[ActivityMicrophone],
        description="microphones that are recorded beside the first, each with a name",
    )
    detector: DetectorConfig = Field(default_factory=DetectorConfig)
    saving: SavingConfig | None = Field(
        default_factory=SavingConfig,
        description="which recordings to keep; all of them if this is null",
    )


class Program(DetectionProgram[ActivityConfig]):
    """Record, find where something calls, keep and send that."""

    config_schema = ActivityConfig

    def configure_model(self, config: ActivityConfig) -> Model:
        """Choose the activity detector."""
        from acoupi.models import ActivityDetector

        return ActivityDetector(
            preset=config.detector.preset, threshold_db=config.detector.threshold_db
        )

    def get_recording_filters(self, config: ActivityConfig) -> list[RecordingSavingFilter]:
        """Keep recordings in which something called, or shortly before or after."""
        saving = config.saving
        if saving is None:
            return []
        surroundings = saving.pre_roll_s, saving.post_roll_s
        all_of_them = [view.recording for view in views_of(config)]
        wait_s = max(recording.duration + recording.interval for recording in all_of_them)
        return [keep_around(self.store, saving.threshold, *surroundings, wait_s)]

    def get_saving_rule(self, config: ActivityConfig) -> SavingRule:
        """Combine them as configured."""
        return "any" if config.saving is None else config.saving.combine

    def get_message_factories(self, config: ActivityConfig) -> list[MessageBuilder[[ModelOutput]]]:
        """Send every output with a detection that is believed."""
        return [DetectionThresholdMessageBuilder(config.detections.lowest_score)]
