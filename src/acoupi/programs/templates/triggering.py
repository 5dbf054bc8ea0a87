"""What of the sound is recorded because of what was heard in it."""

import logging
from collections.abc import Callable

from pydantic import BaseModel

from acoupi._files import PART_SUFFIX
from acoupi.audio.addresses import without_password
from acoupi.audio.loudness import Trigger
from acoupi.audio.segment import finish_part, write_part
from acoupi.audio.sieve import Sieve
from acoupi.audio.trigger import MOST_HELD_BYTES, Held, TriggerSieve
from acoupi.components.audio_recorder import MicrophoneConfig
from acoupi.components.audio_recorder.source import parse_replay
from acoupi.components.types import Store
from acoupi.errors import DeviceError, HealthCheckError, StoreError
from acoupi.programs.templates.trigger_configuration import TriggerConfiguration

__all__ = ["check_trigger", "trigger_sieves"]


def trigger_sieves(
    config: BaseModel, store: Callable[[], Store], logger: logging.Logger
) -> list[Sieve]:
    """Build what withholds quiet recordings, if anything; let it be the last of the sieves.

    Parameters
    ----------
    config
        Of a program; it may have a trigger.
    store
        Returns where what is recorded is noted.
    logger
        Where it says what it kept.
    """
    trigger = _trigger_of(config)
    if trigger is None:
        return []
    return [TriggerSieve(Trigger(**trigger.model_dump()), _Keeping(store, logger))]


def check_trigger(config: BaseModel, microphone: MicrophoneConfig, duration_s: float) -> None:
    """Check that the trigger of a program, if it has one, can work with a microphone.

    Raises
    ------
    HealthCheckError
        If it cannot.
    """
    trigger = _trigger_of(config)
    # A replayed file says itself what it is.
    if trigger is not None and parse_replay(microphone.device_name) is None:
        _check_band(trigger, microphone)
        _check_memory(trigger, microphone, duration_s)


def _check_band(trigger: TriggerConfiguration, microphone: MicrophoneConfig) -> None:
    name, rate_hz = without_password(microphone.device_name), microphone.samplerate
    highest_hz = rate_hz * microphone.time_expansion / 2
    if trigger.low_hz >= highest_hz:
        raise HealthCheckError(
            f"the trigger listens above {trigger.low_hz:g} Hz, but {name} "
            f"gives nothing above {highest_hz:g} Hz",
            help="lower recording.trigger.low_hz, or raise microphone.samplerate",
        )


def _check_memory(
    trigger: TriggerConfiguration, microphone: MicrophoneConfig, duration_s: float
) -> None:
    frame_bytes = microphone.audio_channels * microphone.bit_depth // 8
    size_bytes = duration_s * microphone.samplerate * frame_bytes
    if trigger.pre_roll_s and size_bytes > MOST_HELD_BYTES:
        raise HealthCheckError(
            f"a pre-roll needs each recording in memory; one has {size_bytes / 1e6:.0f} MB, "
            f"and {MOST_HELD_BYTES / 1e6:.0f} MB are the most",
            help="shorten recording.duration, or set recording.trigger.pre_roll_s to 0",
        )


def _trigger_of(config: BaseModel) -> TriggerConfiguration | None:
    # Programs written for acoupi 0.8 may have a configuration of their own.
    return getattr(getattr(config, "recording", None), "trigger", None)


class _Keeping:
    """Makes files and rows of recordings that were withheld at first."""

    def __init__(self, store: Callable[[], Store], logger: logging.Logger) -> None:
        self._store = store
        self._logger = logger

    def __call__(self, held: Held) -> None:
        try:
            self._keep(held)
        except (DeviceError, StoreError, OSError) as error:
            self._logger.error("what was heard before the trigger is not kept: %s", error)

    def _keep(self, held: Held) -> None:
        final = held.recording.path
        if final is None:
            return
        part = final.with_name(final.name + PART_SUFFIX)
        frames = len(held.samples) // held.format.frame_bytes
        write_part(part, held.recording, held.format, frames, [held.samples])
        finish_part(part, final)
        self._store().store_recording(held.recording)
        self._logger.info("recording saved: %s, from before the trigger", final)
