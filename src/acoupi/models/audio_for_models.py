"""Sound as a network wants it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acoupi.audio.samples import read_mono
from acoupi.audio.sound import Sound, open_sound
from acoupi.models.parts import load_part

__all__ = ["read_for_model", "stream_for_model"]

BLOCK_S = 30


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
    return np.concatenate(list(stream_for_model(path, rate_hz, time_expansion)))


def stream_for_model(
    path: Path, rate_hz: int, time_expansion: float = 1.0
) -> Iterator[NDArray[np.float32]]:
    """Read a file as `read_for_model` does, block by block: one of hours needs no more memory."""
    sound = open_sound(path)
    heard_hz = sound.format.rate_hz * time_expansion
    if heard_hz == rate_hz:
        yield from _blocks(sound)
        return
    soxr = load_part("soxr", "models")
    stream = soxr.ResampleStream(heard_hz, rate_hz, 1, dtype="float32", quality="HQ")
    for block in _blocks(sound):
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.empty(0, np.float32), last=True)


def _blocks(sound: Sound) -> Iterator[NDArray[np.float32]]:
    """Yield the samples of a file; one empty block if there are none."""
    length = BLOCK_S * sound.format.rate_hz
    for start in range(0, max(1, sound.frames), length):
        yield read_mono(sound, start, min(length, sound.frames - start))
