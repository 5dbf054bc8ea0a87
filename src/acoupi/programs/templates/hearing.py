"""How well a program's microphones hear, for who asks for the status."""

import datetime as dt

from pydantic import BaseModel

from acoupi._clock import utc_now
from acoupi.audio.microphone_health.history import Channel, MicrophoneHealth
from acoupi.audio.microphone_health.octaves import name_octave
from acoupi.audio.microphone_health.symptoms import Symptom
from acoupi.audio.microphone_health.wording import describe_figures
from acoupi.data.times import Instant
from acoupi.programs.templates.microphone_watching import read_microphones

__all__ = ["ChannelHearing", "describe_hearing"]


class ChannelHearing(BaseModel):
    """What was measured of a channel in the last hour or two in which it recorded."""

    device_name: str
    channel: int
    """The first is 1."""

    name: str
    text: str
    measured_on: Instant
    age_s: float
    """Seconds since then."""

    level_dbfs: float
    peak_dbfs: float
    noise_floor_dbfs: dict[str, float]
    """By octave."""

    change_db: float | None
    """Of the floor, against the first hours; None as long as there are none."""

    hours_compared_with: int
    clipped: float
    """Share of the samples that are as far out as can be."""

    dc: float
    """How far off zero the middle is, from -1 to 1."""

    flat: float
    wind: float
    rain: float
    """Shares of the time that it gave one value, or sounded like that."""

    suspected: dict[Symptom, Instant]
    """What is believed to be wrong, and since when."""


def describe_hearing(config: object) -> list[ChannelHearing]:
    """Say what was measured of late of each channel of a program's microphones."""
    now = utc_now()
    return [
        _hearing(health, number, channel, now)
        for health in read_microphones(config)
        for number, channel in enumerate(health.channels, 1)
        if channel.recent is not None
    ]


def _hearing(
    health: MicrophoneHealth, number: int, channel: Channel, now: dt.datetime
) -> ChannelHearing:
    figures = channel.recent
    assert figures is not None  # noqa: S101
    names = [name_octave(centre_hz) for centre_hz in health.octaves_hz]
    several = len(health.channels) > 1
    return ChannelHearing(
        device_name=health.device_name,
        channel=number,
        name=f"{health.called}, channel {number}" if several else health.called,
        text=describe_figures(channel),
        measured_on=health.updated_on,
        age_s=(now - health.updated_on).total_seconds(),
        noise_floor_dbfs=dict(zip(names, figures.floor_dbfs, strict=True)),
        change_db=channel.change_db,
        hours_compared_with=len(channel.first_dbfs),
        suspected={
            each: belief.since for each, belief in channel.symptoms.items() if belief.since
        },
        **figures.model_dump(exclude={"measured_s", "floor_dbfs"}),
    )
