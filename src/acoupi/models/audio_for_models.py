"""Sound as a network wants it."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acoupi.audio.samples import read_mono
from acoupi.audio.sound import open_sound
from acoupi.models.parts import load_part

__all__ = ["read_for_model"]


def read_for_model(path: Path, rate_hz: int, time_expansion: float = 1.0) -> NDArray[np.float32]:
    """Read a file as mono, at the rate a network was trained with.

    Parameters
    ----------
    path
        A WAV or FLAC file.
    rate_hz
        Of the samples returned, counted in the air's time.
    time_expansion
        How much slower than it was heard the file plays.

    Raises
    ------
    DeviceConfigurationError
        If the file is not usable.
    ModelError
        If it must be resampled and ``soxr`` is not installed.
    """
    sound = open_sound(path)
    samples = read_mono(sound, 0, sound.frames)
    heard_hz = sound.format.rate_hz * time_expansion
    if heard_hz == rate_hz:
        return samples
    return load_part("soxr", "models").resample(samples, heard_hz, rate_hz, quality="HQ")
