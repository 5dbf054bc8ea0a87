"""What can be told of a stretch of sound from its numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acoupi.audio.samples import Samples
from acoupi.audio.stft import band_levels_db

__all__ = ["Portrait", "portray"]

WINDOW = 4096
LOWEST_BIN = 2
LOWEST_HZ = 100
"""Below it are wind, traffic, and how far off zero the sound is."""

FRAME_S = 0.05
QUIET_SHARE = 0.1


@dataclass(frozen=True)
class Portrait:
    """The pitch of a sound, and how quiet it gets."""

    dominant_hz: float
    """Where most of its power is, above 100 Hz."""

    dominant_above_db: float
    """How far that stands above the middle of the spectrum."""

    noise_floor_dbfs: float
    """The level of its quietest tenth; that of silence is -inf."""


def portray(samples: Samples, rate_hz: float) -> Portrait:
    """Look at mono sound; at least one sample of it.

    Parameters
    ----------
    samples
        From -1 to 1.
    rate_hz
        Of the sound as it was heard.
    """
    steady = (samples - samples.mean()).astype(np.float32)
    lowest = max(LOWEST_BIN, min(WINDOW // 4, round(LOWEST_HZ * WINDOW / rate_hz)))
    spectrum = _mean_spectrum_db(steady)[lowest:]
    peak = int(spectrum.argmax())
    return Portrait(
        (lowest + peak + _beside(spectrum, peak)) * rate_hz / WINDOW,
        float(spectrum[peak] - np.median(spectrum)),
        _noise_floor_dbfs(steady, max(1, round(FRAME_S * rate_hz))),
    )


def _mean_spectrum_db(samples: Samples) -> NDArray[np.float64]:
    padded = np.pad(samples, (0, max(0, WINDOW - len(samples))))
    levels = band_levels_db(padded, WINDOW, WINDOW // 2, 0, WINDOW // 2)
    return 10 * np.log10((10 ** (levels.astype(np.float64) / 10)).mean(axis=0))


def _beside(spectrum: NDArray[np.float64], peak: int) -> float:
    """Return how far the top of a peak is from its highest bin, by a parabola through three."""
    if not 0 < peak < len(spectrum) - 1:
        return 0.0
    left, top, right = (float(level) for level in spectrum[peak - 1 : peak + 2])
    bend = left - 2 * top + right
    return 0.5 * (left - right) / bend if bend else 0.0


def _noise_floor_dbfs(samples: Samples, frame: int) -> float:
    frame = min(frame, len(samples))
    whole = samples[: len(samples) // frame * frame].reshape(-1, frame)
    powers = (whole.astype(np.float64) ** 2).mean(axis=1)
    quiet = float(np.quantile(powers, QUIET_SHARE, method="lower"))
    return 10 * float(np.log10(quiet)) if quiet > 0 else -np.inf
