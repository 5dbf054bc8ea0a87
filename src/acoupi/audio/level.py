"""How loud a stretch of sound is."""

import math
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

from acoupi.audio.narrow import widen
from acoupi.audio.wav import WavFormat

__all__ = [
    "CLIPPED_DBFS",
    "Level",
    "Snippet",
    "combine_levels",
    "measure_level",
    "split_channels",
]

CLIPPED_DBFS = -0.1
"""What comes this close to the loudest that samples can hold is probably cut off."""

UNSIGNED = bytes(byte ^ 0x80 for byte in range(256))


@dataclass(frozen=True)
class Snippet:
    """A short stretch of sound in memory: little-endian, interleaved samples."""

    format: WavFormat
    samples: bytes

    @property
    def duration_s(self) -> float:
        """How long it is."""
        return len(self.samples) / self.format.frame_bytes / self.format.rate_hz


@dataclass(frozen=True)
class Level:
    """Loudness against the loudest that the samples can hold (dBFS); silence is -inf."""

    peak_dbfs: float
    rms_dbfs: float
    is_flat: bool
    """Whether every sample is the same, as of a microphone that is not there."""

    clipped: int = 0
    """How many samples are as far out as can be."""

    dc: float = 0.0
    """How far off zero the middle is, against the loudest."""


def measure_level(snippet: Snippet) -> Level | None:
    """Measure all channels together; None for no sound at all."""
    samples = _integers(snippet)
    if not samples:
        return None
    top = 1 << (8 * samples.itemsize - 1)
    low, high = min(samples), max(samples)
    power = sum(map(mul, samples, samples)) / len(samples)
    return Level(
        peak_dbfs=_dbfs(max(-low, high) / top),
        rms_dbfs=_dbfs(math.sqrt(power) / top),
        is_flat=low == high,
        clipped=_count_clipped(samples, 8 * snippet.format.sample_bytes),
        dc=sum(samples) / len(samples) / top,
    )


def combine_levels(levels: Sequence[Level]) -> Level:
    """Return the level of stretches of one length, at least one, that follow each other."""
    power = math.fsum(10 ** (level.rms_dbfs / 10) for level in levels) / len(levels)
    return Level(
        peak_dbfs=max(level.peak_dbfs for level in levels),
        rms_dbfs=_dbfs(math.sqrt(power)),
        is_flat=all(level.is_flat and level.dc == levels[0].dc for level in levels),
        clipped=sum(level.clipped for level in levels),
        dc=math.fsum(level.dc for level in levels) / len(levels),
    )


def split_channels(snippet: Snippet) -> list[Snippet]:
    """Return the sound of each channel by itself."""
    size, count = snippet.format.sample_bytes, snippet.format.channels
    mono = WavFormat(snippet.format.rate_hz, 1, size)
    split = [bytearray(len(snippet.samples) // count) for _ in range(count)]
    for channel, samples in enumerate(split):
        for byte in range(size):
            samples[byte::size] = snippet.samples[channel * size + byte :: count * size]
    return [Snippet(mono, bytes(samples)) for samples in split]


def _integers(snippet: Snippet) -> "array[int]":
    """Return the samples as numbers, those of 24 bit as the upper part of 32."""
    size, data = snippet.format.sample_bytes, snippet.samples
    if size == 1:
        return array("b", data.translate(UNSIGNED))
    if size == 3:
        data = widen(data)
    samples = array("h" if size == 2 else "i", data)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _count_clipped(samples: "array[int]", bits: int) -> int:
    unused = 8 * samples.itemsize - bits
    highest = ((1 << (bits - 1)) - 1) << unused
    return samples.count(highest) + samples.count(-(1 << (8 * samples.itemsize - 1)))


def _dbfs(ratio: float) -> float:
    return 20 * math.log10(ratio) if ratio > 0 else -math.inf
