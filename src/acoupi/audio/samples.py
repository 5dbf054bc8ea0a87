"""Samples as numbers."""

import numpy as np
from numpy.typing import NDArray

from acoupi.audio.level import Snippet
from acoupi.audio.sound import Sound

__all__ = ["Samples", "read_mono", "to_channels", "to_mono"]

Samples = NDArray[np.float32]


def read_mono(sound: Sound, start: int, frames: int) -> Samples:
    """Read a stretch, in frames, as the mean of its channels.

    Returns
    -------
    NDArray[np.float32]
        Shape ``(frames,)``, from -1 to 1.
    """
    heard, done = np.empty(frames, np.float32), 0
    for block in sound.blocks(start, frames):
        part = to_mono(Snippet(sound.format, block))
        heard[done : done + len(part)] = part
        done += len(part)
    return heard


def to_mono(snippet: Snippet) -> Samples:
    """Return the mean of its channels, from -1 to 1."""
    samples = _decode(snippet.samples, snippet.format.sample_bytes)
    if snippet.format.channels == 1:
        return samples
    return samples.reshape(-1, snippet.format.channels).mean(axis=1, dtype=np.float32)


def to_channels(snippet: Snippet) -> Samples:
    """Return its samples from -1 to 1, a column for each channel."""
    samples = _decode(snippet.samples, snippet.format.sample_bytes)
    return samples.reshape(-1, snippet.format.channels)


def _decode(data: bytes, sample_bytes: int) -> Samples:
    if sample_bytes == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float32) - 128) * np.float32(2**-7)
    if sample_bytes == 2:
        return np.frombuffer(data, "<i2").astype(np.float32) * np.float32(2**-15)
    if sample_bytes == 3:
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        data = wide.tobytes()
    return np.frombuffer(data, "<i4").astype(np.float32) * np.float32(2**-31)
