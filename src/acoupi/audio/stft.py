"""The spectra of short stretches of sound, one after another."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

__all__ = ["LEAST_POWER", "Matrix", "band_levels_db", "full_scale_db"]

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
    frames = sliding_window_view(samples, window)[::hop]
    taper = _taper(window)
    band = slice(first_bin, first_bin + bins)
    levels = np.empty((len(frames), bins), np.float32)
    for start in range(0, len(frames), BATCH):
        spectra = np.fft.rfft(frames[start : start + BATCH] * taper, axis=1)[:, band]
        power = spectra.real**2 + spectra.imag**2
        levels[start : start + BATCH] = 10 * np.log10(power + LEAST_POWER)
    return levels


def full_scale_db(window: int) -> float:
    """Return the level of the loudest sine there can be."""
    return float(20 * np.log10(_taper(window).sum() / 2))


def _taper(window: int) -> Matrix:
    return np.hanning(window + 1)[:-1].astype(np.float32)
