"""The spectrogram that the network looks at."""

import math
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from acoupi.models.batdetect2.settings import Settings

__all__ = ["Spectrogram", "spectrogram", "width_px"]

Matrix = NDArray[np.float32]
Spectrogram = NDArray[np.float32]

# Per-channel energy normalisation (Wang et al. 2017, arXiv:1607.05666).
FULL_SCALE = float(2**31)
GAIN, BIAS, POWER, FLOOR = 0.98, 2.0, 0.5, 1e-6
MEMORY = 20.0
"""Spectra after which a level is forgotten, about."""

BATCH = 512
"""Spectra made at a time, since all together need several times the memory of the result."""

STEP = 64
"""Spectra smoothed by one product of matrices."""


def width_px(samples: int, settings: Settings) -> int:
    """Return how many columns the spectrogram of a stretch of sound has."""
    moments = max(0, (samples - settings.window) // settings.hop + 1)
    step = settings.width_step
    return max(2 * step, math.ceil(moments // settings.moments_per_pixel / step) * step)


def spectrogram(samples: Matrix, settings: Settings) -> Spectrogram:
    """Show how each frequency stands out from what it was a moment before.

    Sound that does not fill the last columns is followed by silence.

    Parameters
    ----------
    samples
        Mono, from -1 to 1, at the rate of the settings.
    settings
        Of the network.

    Returns
    -------
    NDArray[np.float32]
        Shape ``(height, width_px)``, the highest frequency first.
    """
    width = width_px(len(samples), settings)
    levels = _normalised(_magnitudes(_padded(samples, width, settings), settings))
    levels -= levels.mean(axis=0)
    np.maximum(levels, 0, out=levels)
    image = _resized(_resized(levels, width, axis=0), settings.height, axis=1)
    return np.ascontiguousarray(image.T)


def _padded(samples: Matrix, width: int, settings: Settings) -> Matrix:
    needed = (width * settings.moments_per_pixel - 1) * settings.hop + settings.window
    return np.pad(samples, (0, max(0, needed - len(samples))))


def _magnitudes(samples: Matrix, settings: Settings) -> Matrix:
    """Return a row for each moment, its columns from the highest frequency down."""
    frames = sliding_window_view(samples, settings.window)[:: settings.hop]
    # The band begins above its lower bound, and ends at the upper.
    low = int(settings.low_hz * settings.window / settings.rate_hz) + 1
    high = int(settings.high_hz * settings.window / settings.rate_hz) + 1
    taper = _taper(settings.window)
    magnitudes = np.empty((len(frames), high - low), np.float32)
    for start in range(0, len(frames), BATCH):
        spectra = np.fft.rfft(frames[start : start + BATCH] * taper, axis=1)
        np.abs(spectra[:, low:high][:, ::-1], out=magnitudes[start : start + BATCH])
    return magnitudes


@lru_cache(maxsize=4)
def _taper(window: int) -> Matrix:
    return np.hanning(window + 1)[:-1].astype(np.float32)


def _normalised(magnitudes: Matrix) -> Matrix:
    """Divide each level by its recent mean, and compress what remains."""
    magnitudes *= np.float32(FULL_SCALE)
    recent = _recent_mean(magnitudes)
    recent += np.float32(FLOOR)
    # Twice as fast as numpy's power.
    np.log(recent, out=recent)
    recent *= np.float32(-GAIN)
    np.exp(recent, out=recent)
    recent *= magnitudes
    recent += np.float32(BIAS)
    np.power(recent, np.float32(POWER), out=recent)
    recent -= np.float32(BIAS**POWER)
    return recent


def _recent_mean(levels: Matrix) -> Matrix:
    """Smooth over time with a memory that fades, starting from a level of one."""
    weight = (math.sqrt(1 + 4 * MEMORY**2) - 1) / (2 * MEMORY**2)
    fading, mixing = _memory(weight)
    means = np.empty_like(levels)
    last = np.ones(levels.shape[1], np.float32)
    for start in range(0, len(levels), STEP):
        part = levels[start : start + STEP]
        count = len(part)
        mean = mixing[:count, :count] @ part + fading[:count, None] * last
        means[start : start + count] = mean
        last = mean[-1]
    return means


@lru_cache(maxsize=1)
def _memory(weight: float) -> tuple[Matrix, Matrix]:
    """Return what is left of the level before, and of each since, after each moment."""
    moments = np.arange(STEP)
    age = moments[:, None] - moments[None, :]
    mixing = np.where(age >= 0, weight * (1 - weight) ** np.maximum(age, 0), 0)
    fading = (1 - weight) ** (moments + 1)
    return fading.astype(np.float32), mixing.astype(np.float32)


def _resized(image: Matrix, size: int, axis: int) -> Matrix:
    """Interpolate along an axis, between the two that lie nearest."""
    count = image.shape[axis]
    places = np.clip((np.arange(size) + 0.5) * count / size - 0.5, 0, count - 1)
    before = places.astype(np.int64)
    after = np.minimum(before + 1, count - 1)
    share = (places - before).astype(np.float32)
    share = share[:, None] if axis == 0 else share
    low, high = np.take(image, before, axis), np.take(image, after, axis)
    low += (high - low) * share
    return low
