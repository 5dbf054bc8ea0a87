"""Bringing sound to the rate of the network, as the recordings it learned from were.

A better filter would do worse: where a recording has nothing, above half its own
rate, the network sees what the filter leaves there, and it knows that of this one.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from acoupi.audio.samples import Samples, read_mono
from acoupi.audio.sound import Sound

__all__ = ["Tape"]

ZERO_CROSSINGS = 10
"""Of the sine cardinal, on each side of the filter."""

KAISER_BETA = 5.0
BLOCK = 128
"""Input samples that one product of matrices makes progress by, at least."""

MOST_WEIGHTS = 5_000_000
"""Rates that share next to no factor would need more than there is memory for."""


@dataclass(frozen=True)
class Tape:
    """The mean of a sound's channels, at another rate, read a stretch at a time.

    Parameters
    ----------
    sound
        A file.
    rate_hz
        Of the sound, as it was heard.
    up, down
        The new rate by the old.
    """

    sound: Sound
    rate_hz: int
    up: int
    down: int

    @classmethod
    def of(cls, sound: Sound, rate_hz: int, time_expansion: float = 1) -> "Tape":
        """Play a file at a rate; one that is expanded in time as fast as it was heard.

        With odd rates it is some millionths faster or slower.
        """
        heard_hz = round(sound.format.rate_hz * time_expansion)
        exact = Fraction(rate_hz, heard_hz)
        near = exact.limit_denominator(math.isqrt(int(MOST_WEIGHTS / exact)))
        return cls(sound, heard_hz, near.numerator, near.denominator)

    @property
    def samples(self) -> int:
        """How many there are at the new rate."""
        return -(-self.sound.frames * self.up // self.down)

    @property
    def highest_hz(self) -> float:
        """The highest frequency that the file can hold, in the air."""
        return self.rate_hz / 2

    def read(self, start: int, samples: int) -> Samples:
        """Read a stretch, as if all of the sound had been brought to the rate at once."""
        samples = max(0, min(samples, self.samples - start))
        if self.up == self.down or not samples:
            return read_mono(self.sound, start, samples)
        filters = _filters(self.up, self.down)
        first, last = start // filters.gives, -(-(start + samples) // filters.gives)
        heard = self._padded(first * filters.takes - filters.lead, (last - first), filters)
        stretches = sliding_window_view(heard, len(filters.weights))[:: filters.takes]
        resampled = (stretches @ filters.weights).reshape(-1)
        return resampled[start - first * filters.gives :][:samples]

    def _padded(self, start: int, blocks: int, filters: "_Filters") -> Samples:
        """Read what the filters take, which is silence before the start and after the end."""
        end = start + blocks * filters.takes + 2 * filters.lead
        begin, stop = max(0, start), min(end, self.sound.frames)
        heard = read_mono(self.sound, begin, max(0, stop - begin))
        return np.pad(heard, (begin - start, end - begin - len(heard)))


@dataclass(frozen=True)
class _Filters:
    """Side by side, one filter for each sample that a block gives."""

    takes: int
    gives: int
    lead: int
    """Samples before and after a block that the filters reach."""

    weights: NDArray[np.float32]


@lru_cache(maxsize=4)
def _filters(up: int, down: int) -> _Filters:
    repeats = max(1, -(-BLOCK // down))
    takes, gives = down * repeats, up * repeats
    half = ZERO_CROSSINGS * max(up, down)
    lead = -(-half // up)
    taps = _low_pass(half, max(up, down)) * up
    taken = np.arange(-lead, takes + lead)
    place = np.arange(gives)[None, :] * down - taken[:, None] * up + half
    inside = (place >= 0) & (place <= 2 * half)
    weights = np.where(inside, taps[np.clip(place, 0, 2 * half)], 0)
    return _Filters(takes, gives, lead, weights.astype(np.float32))


def _low_pass(half: int, rate: int) -> NDArray[np.float64]:
    """Return a filter that lets pass what both rates can hold, in ``2 * half + 1`` taps."""
    taps = np.sinc(np.arange(-half, half + 1) / rate) * np.kaiser(2 * half + 1, KAISER_BETA)
    return taps / taps.sum()
