"""One channel of several."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from acoupi.audio.wav import WavFormat

__all__ = ["mono", "pick_channel"]


def mono(format: WavFormat) -> WavFormat:
    """Return the format of one channel."""
    return replace(format, channels=1)


def pick_channel(blocks: Iterable[bytes], format: WavFormat, channel: int) -> Iterator[bytes]:
    """Leave only one channel of interleaved samples.

    Parameters
    ----------
    blocks
        Whole frames.
    format
        Of these.
    channel
        Which one; the first is 1.
    """
    size, first = format.sample_bytes, (channel - 1) * format.sample_bytes
    for block in blocks:
        samples = bytearray(len(block) // format.channels)
        for byte in range(size):
            samples[byte::size] = block[first + byte :: format.frame_bytes]
        yield bytes(samples)
