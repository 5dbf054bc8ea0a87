"""A recorder for microphones that ALSA knows."""

from pathlib import Path

from acoupi.audio.alsa import ALSA
from acoupi.audio.capture import Patience
from acoupi.components.audio_recorder.alsa_24 import ALSA_24
from acoupi.components.audio_recorder.captured import CaptureRecorder
from acoupi.components.audio_recorder.plugged import where_plugged

__all__ = ["AlsaRecorder"]


class AlsaRecorder(CaptureRecorder):
    """Cuts recordings from the one stream of an ALSA device.

    Parameters
    ----------
    device_name
        As ``arecord -L`` lists it; or ``usb:SERIAL``, ``usb:PORT`` or
        ``usb:VENDOR:PRODUCT`` for a USB microphone wherever it is found.
    duration_s
        Length of a recording.
    audio_dir
        Where recordings are made.
    samplerate_hz, audio_channels
        What to ask the device for.
    time_expansion
        How much slower than it was heard the microphone gives the sound.
    continuous
        Whether a recording that is asked for within one duration of the end of
        the one before it begins with the very next sample.
    patience
        When to give up a device that gives no sound.
    bit_depth
        Of a sample: 16 or 24.
    interval_s
        How often recordings are asked for. With pauses between them, each
        begins at a multiple of it in UTC, whenever it is asked for.
    """

    def __init__(
        self,
        device_name: str,
        duration_s: float,
        audio_dir: Path,
        *,
        samplerate_hz: int = 48_000,
        audio_channels: int = 1,
        time_expansion: float = 1,
        continuous: bool = True,
        patience: Patience | None = None,
        bit_depth: int = 16,
        interval_s: float | None = None,
    ) -> None:
        super().__init__(
            where_plugged(ALSA if bit_depth == 16 else ALSA_24),
            device_name,
            duration_s,
            audio_dir,
            samplerate_hz=samplerate_hz,
            audio_channels=audio_channels,
            time_expansion=time_expansion,
            joins_within_s=duration_s if continuous else 0,
            patience=patience,
            bit_depth=bit_depth,
            interval_s=interval_s,
        )
