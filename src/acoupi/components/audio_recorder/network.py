"""A recorder for microphones that are reached over a network."""

from pathlib import Path

from acoupi.audio.capture import Patience
from acoupi.audio.ffmpeg import FFMPEG
from acoupi.components.audio_recorder.captured import CaptureRecorder

__all__ = ["StreamRecorder"]

PATIENCE = Patience(first_s=20, next_s=10)
"""Networks pause, and some send several seconds at a time."""


class StreamRecorder(CaptureRecorder):
    """Cuts recordings from an RTSP or HTTP stream, or a file; what rate it has is converted.

    Parameters
    ----------
    device_name
        ``stream:URL``.
    duration_s
        Length of a recording.
    audio_dir
        Where recordings are made.
    samplerate_hz, audio_channels, bit_depth
        What to record.
    time_expansion
        How much slower than it was heard the stream gives the sound.
    continuous
        Whether a recording that is asked for within one duration of the end of
        the one before it begins with the very next sample.
    interval_s
        How often recordings are asked for.
    patience
        When to give up a stream that gives no sound.
    """

    def __init__(
        self,
        device_name: str,
        duration_s: float,
        audio_dir: Path,
        *,
        samplerate_hz: int = 48_000,
        audio_channels: int = 1,
        bit_depth: int = 16,
        time_expansion: float = 1,
        continuous: bool = True,
        interval_s: float | None = None,
        patience: Patience = PATIENCE,
    ) -> None:
        super().__init__(
            FFMPEG,
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
