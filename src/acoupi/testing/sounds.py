"""Small WAV files, made with nothing but the standard library."""

import math
import random
import wave
from array import array
from pathlib import Path

__all__ = ["write_calls", "write_silence", "write_sound"]

FULL_SCALE = 32767


def write_silence(path: Path, duration_s: float = 1, rate_hz: int = 8000) -> None:
    """Write a WAV file of digital silence, 16 bit, one channel."""
    write_sound(path, array("h", bytes(2 * round(duration_s * rate_hz))), rate_hz)


def write_calls(path: Path, duration_s: float = 3, rate_hz: int = 48_000) -> None:
    """Write faint noise with one loud call of 0.1 s in every second, the same each time."""
    noise = random.Random(0)  # noqa: S311 - the same each time is what is wanted
    call_hz = rate_hz / 8
    samples = (
        noise.gauss(0, 0.001) + 0.5 * _is_calling(n / rate_hz) * _tone(n / rate_hz, call_hz)
        for n in range(round(duration_s * rate_hz))
    )
    write_sound(path, array("h", (round(FULL_SCALE * sample) for sample in samples)), rate_hz)


def write_sound(path: Path, samples: "array[int]", rate_hz: int) -> None:
    """Write 16 bit samples of one channel."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as wav:
        wav.setparams((1, 2, rate_hz, 0, "NONE", ""))
        wav.writeframes(samples.tobytes())


def _is_calling(time_s: float) -> bool:
    return 0.4 <= time_s % 1 < 0.5


def _tone(time_s: float, frequency_hz: float) -> float:
    return math.sin(2 * math.pi * frequency_hz * time_s)
