"""Timing models on sounds that are made without NumPy: whoever checks a program may have none."""

import random
from array import array
from pathlib import Path

from acoupi._clock import monotonic_s
from acoupi.audio.wav import WavFormat, write_wav
from acoupi.components.types import Model
from acoupi.data import Deployment, Recording

__all__ = ["NOISE", "run_s", "write_sound"]

BLOCK_FRAMES = 1 << 16
LOUDNESS = 32
_RANDOM = random.Random(1).randbytes(BLOCK_FRAMES)  # noqa: S311 - a sound, not a secret

NOISE = array("h", (LOUDNESS * (byte - 128) for byte in _RANDOM)).tobytes()
"""As long as BLOCK_FRAMES, in 16 bit."""


def write_sound(path: Path, block: bytes, rate_hz: int, frames: int) -> Recording:
    """Write a block of 16 bit over and over, until there are enough frames."""
    whole, rest = divmod(2 * frames, len(block))
    write_wav(path, WavFormat(rate_hz, 1, 2), frames, [*[block] * whole, block[:rest]])
    return Recording(
        path=path,
        duration=frames / rate_hz,
        samplerate=rate_hz,
        deployment=Deployment(name="trial"),
    )


def run_s(model: Model, recording: Recording) -> float:
    """Return what a model takes for a recording."""
    begun_s = monotonic_s()
    model.run(recording)
    return monotonic_s() - begun_s
