"""Record on a schedule, keep the recordings, and tell that the device is alive."""

from pydantic import Field

from acoupi.components.types import RecordingSavingFilter
from acoupi.programs._saving import SaveRecordingFilter, build_saving_filters, saving_rule
from acoupi.programs.templates import MessagingProgram, MessagingProgramConfiguration
from acoupi.tasks.management import SavingRule

__all__ = ["Connected_ConfigSchema", "Program", "SaveRecordingFilter"]


class Connected_ConfigSchema(MessagingProgramConfiguration):
    """The configuration of the connected program."""

    recording_saving: SaveRecordingFilter | None = Field(
        default=None, description="which recordings to keep; all of them if this is left out"
    )


class Program(MessagingProgram[Connected_ConfigSchema]):
    """Record on a schedule, keep the recordings, and send heartbeats."""

    config_schema = Connected_ConfigSchema
    needs_messenger = True

    def get_recording_filters(self, config: Connected_ConfigSchema) -> list[RecordingSavingFilter]:
        """Choose by time of day, sun and recurrence, as configured."""
        return build_saving_filters(config.recording_saving, config.zone)

    def get_saving_rule(self, config: Connected_ConfigSchema) -> SavingRule:
        """Combine them as configured."""
        return saving_rule(config.recording_saving)
