"""A recorder for microphones that PortAudio knows."""

import sys
from functools import partial
from pathlib import Path

from acoupi.audio.capture import Patience
from acoupi.audio.listener import Listener
from acoupi.audio.wav import WavFormat
from acoupi.components.audio_recorder.captured import JOINS_WITHIN_S, TMP_PATH, CaptureRecorder
from acoupi.components.audio_recorder.config import MicrophoneConfig
from acoupi.devices.audio.pyaudio import load_sounddevice

__all__ = ["PARecorder", "PARecorderConfig", "PyAudioRecorder"]

CHILD = "acoupi.devices.audio.portaudio_child"


def _command(chunk_frames: int, device_name: str, format: WavFormat) -> list[str]:
    load_sounddevice()
    shape = [format.rate_hz, format.channels, 8 * format.sample_bytes, chunk_frames]
    return [sys.executable, "-m", CHILD, device_name, *map(str, shape)]


def listener(chunk_frames: int) -> Listener:
    """Make the listener that reads that many frames at a time."""
    return Listener(
        command=partial(_command, chunk_frames),
        help_devices="list the microphones with: acoupi devices --via portaudio",
        help_settings="see what it can: acoupi devices {device_name}",
        refused="refused",
    )


PATIENCE = Patience(first_s=8)
"""What listens is a Python of its own, which takes its time to start on a small computer."""


class PyAudioRecorder(CaptureRecorder):
    """Cuts recordings from the one stream of a PortAudio device.

    Needs the extra ``portaudio``.

    Parameters
    ----------
    duration
        Length of a recording, in seconds.
    samplerate, audio_channels
        What to ask the device for; the rate in Hz.
    device_name
        As PortAudio lists it.
    chunksize
        How many frames to read at a time.
    audio_dir
        Where recordings are made.
    time_expansion
        How much slower than it was heard the microphone gives the sound.
    joins_within_s
        How late after the end of the one before it a recording may be asked
        for, and still begin with the very next sample.
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
        duration: float,
        samplerate: int,
        audio_channels: int,
        device_name: str,
        chunksize: int = 2048,
        audio_dir: Path = TMP_PATH,
        time_expansion: float = 1,
        *,
        joins_within_s: float = JOINS_WITHIN_S,
        patience: Patience | None = None,
        bit_depth: int = 16,
        interval_s: float | None = None,
    ) -> None:
        super().__init__(
            listener(chunksize),
            device_name,
            duration,
            audio_dir,
            samplerate_hz=samplerate,
            audio_channels=audio_channels,
            time_expansion=time_expansion,
            joins_within_s=joins_within_s,
            patience=patience or PATIENCE,
            bit_depth=bit_depth,
            interval_s=interval_s,
        )
        self.duration = duration
        self.samplerate = samplerate
        self.audio_channels = audio_channels
        self.chunksize = chunksize


PARecorder = PyAudioRecorder
PARecorderConfig = MicrophoneConfig
