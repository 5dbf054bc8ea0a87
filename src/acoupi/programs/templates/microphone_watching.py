"""What a program does with what is measured of its microphones."""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel

from acoupi._clock import utc_now
from acoupi.audio.microphone_health.history import Channel, MicrophoneHealth
from acoupi.audio.microphone_health.kept import health_file, load_health
from acoupi.audio.microphone_health.metrics import metrics_of
from acoupi.audio.microphone_health.wording import describe_symptoms
from acoupi.audio.sieve import Sieve, Sifting
from acoupi.components.audio_recorder import MicrophoneConfig
from acoupi.components.microphone_watch import MicrophoneWatch
from acoupi.components.types import AudioRecorder
from acoupi.data import Metric
from acoupi.programs.templates.configuration import BasicProgramConfiguration

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


def watch_of(
    config: BasicProgramConfiguration,
    microphone: MicrophoneConfig,
    recorder: AudioRecorder,
    logger: logging.Logger,
) -> list[Sieve]:
    """Return what measures a microphone; nothing where it cannot be, or is not to be."""
    if not _is_wanted(config, config) or not isinstance(recorder, Sifting):
        return []
    kept = health_file(config.paths.db_metadata, microphone.device_name, microphone.samplerate)
    return [MicrophoneWatch(microphone.device_name, kept, logger, _name_of(microphone))]


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
    for number, db_path, each in _watched(config):
        health = load_health(health_file(db_path, each.device_name, each.samplerate))
        if health is not None:
            yield number, health


def _watched(config: object) -> Iterator[tuple[int, Path, MicrophoneConfig]]:
    """Yield the microphones that are measured, with their places and where that is kept."""
    if not isinstance(config, BasicProgramConfiguration):
        return
    further: Sequence[MicrophoneConfig] = getattr(config, "further_microphones", ())
    if _is_wanted(config, config):
        yield 1, config.paths.db_metadata, config.microphone
    for number, each in enumerate(further, 2):
        if _is_wanted(each, config):
            yield number, config.paths.db_metadata, each


def _is_wanted(said: BaseModel, config: BaseModel) -> bool:
    """Tell whether a microphone is measured, as it says itself or else the configuration."""
    # Programs written for acoupi 0.8 may have a configuration of their own.
    if not isinstance(config, BasicProgramConfiguration):
        return False
    recording = getattr(said, "recording", None) or config.recording
    return bool(getattr(recording, "watch_microphone", False))


def _named(health: MicrophoneHealth, number: int) -> Iterator[tuple[Channel, str]]:
    """Yield each channel with how its metrics begin: the first one's without a number."""
    microphone = "microphone" if number == 1 else f"microphone_{health.name or number}"
    for place, channel in enumerate(health.channels, 1):
        yield channel, microphone if place == 1 else f"{microphone}_channel_{place}"


def _name_of(microphone: MicrophoneConfig) -> str:
    return str(getattr(microphone, "name", ""))
