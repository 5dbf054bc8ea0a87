"""The default program, with the defaults that suit a dawn chorus."""

import datetime as dt

from pydantic import Field

from acoupi.programs import default
from acoupi.programs.templates import AudioConfiguration


def mornings() -> AudioConfiguration:
    """Record a minute in every five, from before dawn until the birds are done."""
    return AudioConfiguration(
        duration=60, interval=300, schedule_start=dt.time(3, 30), schedule_end=dt.time(9)
    )


def around_dawn() -> default.SaveRecordingFilter:
    """Keep all from 04:00 to 05:00 and around dawn, and five minutes of every half hour."""
    return default.SaveRecordingFilter(
        starttime=dt.time(4),
        endtime=dt.time(5),
        before_dawndusk_duration=30,
        after_dawndusk_duration=60,
    )


class Config(default.ConfigSchema):
    """The configuration of the default program, with other defaults."""

    recording: AudioConfiguration = Field(default_factory=mornings)
    recording_saving: default.SaveRecordingFilter | None = Field(
        default_factory=around_dawn,
        description="which recordings to keep; all of them if this is null",
    )


class Program(default.Program):
    """Record the dawn chorus."""

    config_schema = Config
