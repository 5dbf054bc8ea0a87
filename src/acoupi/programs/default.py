"""Record on a schedule and keep the recordings."""

from pydantic import Field

from acoupi.components.types import RecordingSavingFilter
from acoupi.programs._saving import SaveRecordingFilter, build_saving_filters, saving_rule
from acoupi.programs.templates import BasicProgram, BasicProgramConfiguration
from acoupi.tasks.management import SavingRule

__all__ = ["ConfigSchema", "Program", "SaveRecordingFilter"]


class ConfigSchema(BasicProgramConfiguration):
    """The configuration of the default program."""

    recording_saving: SaveRecordingFilter | None = Field(
        default=None, description="which recordings to keep; all of them if this is left out"
    )


class Program(BasicProgram[ConfigSchema]):
    """Record on a schedule and keep the recordings."""

    config_schema = ConfigSchema

    def get_recording_filters(self, config: ConfigSchema) -> list[RecordingSavingFilter]:
        """Choose by time of day, sun and recurrence, as configured."""
        return build_saving_filters(config.recording_saving, config.zone)

    def get_saving_rule(self, config: ConfigSchema) -> SavingRule:
        """Combine them as configured."""
        return saving_rule(config.recording_saving)
