"""A long recording with calls in it, no stretch of which sounds like another."""

import wave
from pathlib import Path

import numpy as np

from acoupi.demo.synth import BIRD_RATE_HZ, write_demo_audio

__all__ = ["write_tape"]

PERIOD_S = 18
NOISE = 60


def write_tape(path: Path, seconds: float, seed: int) -> Path:
    """Repeat a phrase of each bird, each time under noise of its own."""
    [birds] = write_demo_audio(path.parent, PERIOD_S)
    with wave.open(str(birds)) as file:
        song = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    rng = np.random.default_rng(seed)
    with wave.open(str(path), "wb") as tape:
        tape.setparams((1, 2, BIRD_RATE_HZ, 0, "NONE", ""))
        for _ in range(int(seconds / PERIOD_S) + 1):
            noise = rng.integers(-NOISE, NOISE, song.size)
            tape.writeframes((song + noise).clip(-32768, 32767).astype("<i2").tobytes())
    birds.unlink()
    return path
