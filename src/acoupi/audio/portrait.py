"""What can be told of a stretch of sound from its numbers."""

from dataclasses import dataclass

import numpy as np

from acoupi.audio.samples import Samples
from acoupi.audio.stft import Matrix, band_levels_db

__all__ = ["Portrait", "portray"]

WINDOW = 4096
HOP = WINDOW // 2
LOWEST_BIN = 2
LOWEST_HZ = 100
"""Below it are wind, traffic, and how far off zero the sound is."""

FRAME_S = 0.05
QUIET_SHARE = 0.1


@dataclass(frozen=True)
class Portrait:
    """The pitch of a sound, and how quiet it gets."""

    dominant_hz: float
    """What stands out most from noise as nature has it, which has less power in each octave."""

    dominant_at_s: float
    """When it does."""

    dominant_above_db: float
    """How far it stands above the middle level of all moments and frequencies."""

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
    levels = _evened_db(steady, lowest)
    loudest = levels.max(axis=0)
    peak = int(loudest.argmax())
    frame = int(levels[:, peak].argmax())
    return Portrait(
        (lowest + peak + _beside(levels[frame], peak)) * rate_hz / WINDOW,
        min(frame * HOP + HOP, len(samples)) / rate_hz,
        float(loudest[peak] - np.median(levels)),
        _noise_floor_dbfs(steady, max(1, round(FRAME_S * rate_hz))),
    )


def _evened_db(samples: Samples, lowest: int) -> Matrix:
    """Return the levels from a frequency on, made even for noise that falls by 3 dB an octave."""
    padded = np.pad(samples, (0, max(0, WINDOW - len(samples))))
    bins = WINDOW // 2 - lowest
    levels = band_levels_db(padded, WINDOW, HOP, lowest, bins)
    levels += 10 * np.log10(np.arange(lowest, lowest + bins)).astype(np.float32)
    return levels


def _beside(spectrum: Matrix, peak: int) -> float:
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
