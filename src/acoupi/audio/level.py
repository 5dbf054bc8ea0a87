"""How loud a stretch of sound is."""

import math
import sys
from array import array
from dataclasses import dataclass

from acoupi.audio.wav import WavFormat

__all__ = ["Level", "Snippet", "measure_level"]

TYPECODES = {2: "h", 4: "i"}


@dataclass(frozen=True)
class Snippet:
    """A short stretch of sound in memory: little-endian, interleaved samples."""

    format: WavFormat
    samples: bytes


@dataclass(frozen=True)
class Level:
    """Loudness against the loudest that the samples can hold (dBFS); silence is -inf."""

    peak_dbfs: float
    rms_dbfs: float
    is_flat: bool
    """Whether every sample is the same, as of a microphone that is not there."""


def measure_level(snippet: Snippet) -> Level | None:
    """Measure all channels together; None for a sample width that is not known here."""
    typecode = TYPECODES.get(snippet.format.sample_bytes)
    samples = array(typecode, snippet.samples) if typecode else array("h")
    if not samples:
        return None
    if sys.byteorder == "big":
        samples.byteswap()
    full = float(1 << (8 * snippet.format.sample_bytes - 1))
    low, high = min(samples), max(samples)
    power = math.fsum(sample * sample for sample in samples) / len(samples)
    return Level(
        peak_dbfs=_dbfs(max(-low, high) / full),
        rms_dbfs=_dbfs(math.sqrt(power) / full),
        is_flat=low == high,
    )


def _dbfs(ratio: float) -> float:
    return 20 * math.log10(ratio) if ratio > 0 else -math.inf
