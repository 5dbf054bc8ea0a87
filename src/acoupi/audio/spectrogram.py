"""A picture of a sound: time across, frequency up."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acoupi.audio.samples import Samples
from acoupi.audio.stft import Matrix, band_levels_db, full_scale_db

__all__ = ["Spectrogram", "make_spectrogram"]

WINDOW_S = 0.005
"""Short enough for a bat's call."""


@dataclass(frozen=True)
class Spectrogram:
    """The loudest there is in each cell of a grid."""

    levels_dbfs: list[list[float]]
    """A row for each band, the highest first; in each, the moments one after another."""

    high_hz: float
    """The upper end of the first row; the last begins at 0."""

    duration_s: float


def make_spectrogram(samples: Samples, rate_hz: float, columns: int, rows: int) -> Spectrogram:
    """Make a picture of mono sound.

    Parameters
    ----------
    samples
        At least one.
    rate_hz
        Of the sound as it was heard.
    columns, rows
        How many cells the picture has.
    """
    window = _window(rate_hz, rows)
    steady = np.pad(samples - samples.mean(), (0, max(0, window - len(samples))))
    hop = max(1, min(window // 2, (len(steady) - window) // columns))
    levels = band_levels_db(steady, window, hop, 0, window // 2) - full_scale_db(window)
    picture = _pooled(_pooled(levels, columns, 0), rows, 1)
    return Spectrogram(picture.T[::-1].tolist(), rate_hz / 2, len(samples) / rate_hz)


def _window(rate_hz: float, rows: int) -> int:
    """Return a length in samples that has at least one frequency for each row."""
    return 1 << max(round(np.log2(WINDOW_S * rate_hz)), int(np.ceil(np.log2(2 * rows))))


def _pooled(levels: Matrix, parts: int, axis: int) -> Matrix:
    """Return the maximum of each of so many equal parts; fewer values are repeated."""
    starts: NDArray[np.intp] = np.arange(parts) * levels.shape[axis] // parts
    return np.maximum.reduceat(levels, starts, axis=axis)
