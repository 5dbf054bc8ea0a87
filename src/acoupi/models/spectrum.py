"""How far, in each moment and each frequency, the sound stands above the noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acoupi.audio.stft import LEAST_POWER, Matrix, band_levels_db
from acoupi.models.presets import Preset

__all__ = ["Grid", "excess_db"]

NYQUIST_SHARE = 0.98
"""Above it the anti-alias filters of recorders leave nothing to look at."""


@dataclass(frozen=True)
class Grid:
    """The moments and frequencies at which sound is looked at."""

    rate_hz: float
    window: int
    hop: int
    first_bin: int
    bins: int

    @classmethod
    def of(cls, preset: Preset, rate_hz: float) -> "Grid":
        """Make the grid of a preset for sound at a sample rate."""
        window = 1 << max(4, round(np.log2(preset.window_s * rate_hz)))
        top_hz = min(preset.high_hz, rate_hz / 2 * NYQUIST_SHARE)
        first = int(np.ceil(preset.low_hz * window / rate_hz))
        last = int(np.floor(top_hz * window / rate_hz))
        return cls(rate_hz, window, window // 2, first, max(0, last - first + 1))

    def frames_in(self, samples: int) -> int:
        """Return how many spectra fit into a stretch of samples."""
        return max(0, (samples - self.window) // self.hop + 1)

    def frequency_hz(self, index: int) -> float:
        """Return the middle of a column of the smoothed matrix."""
        return (self.first_bin + 1 + index) * self.rate_hz / self.window


def excess_db(samples: NDArray[np.float32], grid: Grid) -> Matrix:
    """Return the level above each frequency's own noise floor, smoothed.

    The floor is the median over time: what sounds for more than half of the
    stretch, such as a stream or a cricket, is part of it. Digital silence is no
    sound and does not lower it.

    Parameters
    ----------
    samples
        At least three windows of mono sound.
    grid
        With at least three columns.

    Returns
    -------
    NDArray[np.float32]
        In dB; without the first and the last frame and column, which have too
        few neighbours for the smoothing.
    """
    level = band_levels_db(samples, grid.window, grid.hop, grid.first_bin, grid.bins)
    alive = level.max(axis=1) > 10 * np.log10(2 * LEAST_POWER)
    if alive.any():
        level -= _median(level[alive])
    return _smoothed(level)


def _median(level: Matrix) -> Matrix:
    """Return each column's median, the upper one of two; several times as fast as numpy's."""
    middle = len(level) // 2
    return np.partition(level, middle, axis=0)[middle]


def _smoothed(level: Matrix) -> Matrix:
    """Average each cell with its eight neighbours; the rim, which lacks some, is dropped."""
    in_time = level[1:-1].copy()
    in_time += level[:-2]
    in_time += level[2:]
    mean = in_time[:, 1:-1].copy()
    mean += in_time[:, :-2]
    mean += in_time[:, 2:]
    mean /= 9
    return mean
