"""The spectra of short stretches of sound, one after another."""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

__all__ = ["LEAST_POWER", "Matrix", "band_levels_db", "band_power", "full_scale_db"]

Matrix = NDArray[np.float32]

LEAST_POWER = 1e-14
"""Keeps the logarithm finite; far below the noise of 24 bit samples."""

BATCH = 1024
"""Spectra made at a time, so that the memory needed does not grow with the sound."""


def band_levels_db(samples: Matrix, window: int, hop: int, first_bin: int, bins: int) -> Matrix:
    """Return the level in each moment (a row) and each frequency (a column).

    Parameters
    ----------
    samples
        At least one window of mono sound.
    window, hop
        How long a stretch is, and from one to the next, in samples.
    first_bin, bins
        Which frequencies, in steps of one over the window's length.

    Returns
    -------
    NDArray[np.float32]
        In dB of the spectrum's own unit; see ``full_scale_db``.
    """
    moments = max(0, (len(samples) - window) // hop + 1)
    levels = np.empty((moments, bins), np.float32)
    for start, power in _power(samples, window, hop, first_bin, bins):
        levels[start : start + BATCH] = 10 * np.log10(power + LEAST_POWER)
    return levels


def band_power(samples: Matrix, window: int, hop: int, first_bin: int, bins: int) -> Matrix:
    """Return the mean square of a band in each moment; of the loudest sine, a half.

    See ``band_levels_db`` for the parameters.
    """
    parts = [power.sum(axis=1) for _, power in _power(samples, window, hop, first_bin, bins)]
    unit = window * float(np.square(_taper(window)).sum()) / 2
    return (np.concatenate(parts) / unit).astype(np.float32, copy=False)


def _power(
    samples: Matrix, window: int, hop: int, first_bin: int, bins: int
) -> Iterator[tuple[int, NDArray[np.floating]]]:
    """Yield which moment a batch begins with, and its power: moments in rows."""
    frames = sliding_window_view(samples, window)[::hop]
    taper = _taper(window)
    band = slice(first_bin, first_bin + bins)
    for start in range(0, len(frames), BATCH):
        spectra = np.fft.rfft(frames[start : start + BATCH] * taper, axis=1)[:, band]
        yield start, spectra.real**2 + spectra.imag**2


def full_scale_db(window: int) -> float:
    """Return the level of the loudest sine there can be."""
    return float(20 * np.log10(_taper(window).sum() / 2))


def _taper(window: int) -> Matrix:
    return np.hanning(window + 1)[:-1].astype(np.float32)
