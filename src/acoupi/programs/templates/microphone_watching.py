"""What a program does with what is measured of its microphones."""

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from pydantic import BaseModel

from acoupi._clock import utc_now
from acoupi.audio.addresses import without_password
from acoupi.audio.microphone_health.history import Channel, MicrophoneHealth
from acoupi.audio.microphone_health.kept import health_file, load_health
from acoupi.audio.microphone_health.metrics import metrics_of
from acoupi.audio.microphone_health.wording import describe_symptoms
from acoupi.audio.sieve import Sieve, Sifting
from acoupi.components.microphone_watch import MicrophoneWatch
from acoupi.components.types import AudioRecorder
from acoupi.data import Metric
from acoupi.programs.templates.configuration import BasicProgramConfiguration
from acoupi.programs.templates.microphones import microphone_name, views_of

__all__ = [
    "find_microphone_problems",
    "measure_microphones",
    "read_microphones",
    "watch_of",
    "watches_microphones",
]

FORGOTTEN_AFTER = dt.timedelta(days=2)
"""How old what was found may be; a microphone that does not hear is told of by others."""


def watches_microphones(config: object) -> bool:
    """Tell whether what any of the microphones gives is measured."""
    return any(True for _ in _watched(config))


def watch_of(config: BaseModel, recorder: AudioRecorder, logger: logging.Logger) -> list[Sieve]:
    """Return what measures the microphone of a configuration; nothing if that cannot be."""
    if not _is_wanted(config) or not isinstance(recorder, Sifting):
        return []
    shown_name = without_password(config.microphone.device_name)
    return [MicrophoneWatch(shown_name, _kept(config), logger, microphone_name(config))]


def read_microphones(config: object) -> list[MicrophoneHealth]:
    """Return what is known of a program's microphones, in their order."""
    return [health for _, health in _numbered(config)]


def find_microphone_problems(config: object) -> list[str]:
    """Say what is believed to be wrong with a program's microphones."""
    oldest = utc_now() - FORGOTTEN_AFTER
    recent = [each for each in read_microphones(config) if each.updated_on >= oldest]
    return [text for health in recent for text in describe_symptoms(health)]


def measure_microphones(config: object) -> list[Metric]:
    """Return what was measured of late of a program's microphones."""
    return [
        metric
        for number, health in _numbered(config)
        for channel, name in _named(health, number)
        for metric in metrics_of(channel, health.octaves_hz, health.updated_on, name)
    ]


def _numbered(config: object) -> Iterator[tuple[int, MicrophoneHealth]]:
    for number, view in _watched(config):
        health = load_health(_kept(view))
        if health is not None:
            yield number, health


def _watched(config: object) -> Iterator[tuple[int, BasicProgramConfiguration]]:
    """Yield the configuration of each microphone that is measured, with its place."""
    views = views_of(config) if isinstance(config, BasicProgramConfiguration) else []
    return ((number, view) for number, view in enumerate(views, 1) if _is_wanted(view))


def _is_wanted(config: BaseModel) -> TypeGuard[BasicProgramConfiguration]:
    # Programs written for acoupi 0.8 may have a configuration of their own.
    recording = getattr(config, "recording", None)
    is_known = isinstance(config, BasicProgramConfiguration)
    return is_known and bool(getattr(recording, "watch_microphone", False))


def _kept(config: BasicProgramConfiguration) -> Path:
    microphone = config.microphone
    channel = getattr(microphone, "channel", None)
    device = microphone.device_name if channel is None else f"{microphone.device_name} {channel}"
    return health_file(config.paths.db_metadata, device, microphone.samplerate)


def _named(health: MicrophoneHealth, number: int) -> Iterator[tuple[Channel, str]]:
    """Yield each channel with how its metrics begin: the first one's without a number."""
    microphone = "microphone" if number == 1 else f"microphone_{health.name or number}"
    for place, channel in enumerate(health.channels, 1):
        yield channel, microphone if place == 1 else f"{microphone}_channel_{place}"
