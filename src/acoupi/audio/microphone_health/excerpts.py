"""Short stretches out of a stream of samples, one after the other at even distances."""

import math
from collections.abc import Iterator

__all__ = ["Excerpts", "excerpt_frames", "frames_between"]

EXCERPT_S = 0.04
EVERY_S = 0.25


def excerpt_frames(rate_hz: float) -> int:
    """Return how long an excerpt is: a power of two, for what is done with it."""
    return 1 << math.ceil(math.log2(max(2.0, EXCERPT_S * rate_hz)))


def frames_between(rate_hz: float) -> int:
    """Return how far it is from the start of one excerpt to that of the next."""
    return max(excerpt_frames(rate_hz), round(EVERY_S * rate_hz))


class Excerpts:
    """Cuts excerpts out of blocks of any size.

    Parameters
    ----------
    size
        Of an excerpt, in bytes.
    distance
        From the start of one to that of the next, in bytes; no less than ``size``.
    """

    def __init__(self, size: int, distance: int) -> None:
        self._size = size
        self._distance = distance
        self._phase = 0
        self._begun = bytearray()

    def take(self, block: bytes) -> Iterator[bytes]:
        """Yield the excerpts that end in a block."""
        start = 0
        while start < len(block):
            is_wanted = self._phase < self._size
            until = self._size if is_wanted else self._distance
            end = min(len(block), start + until - self._phase)
            if is_wanted:
                self._begun += block[start:end]
            self._phase = self._phase + end - start
            start = end
            if len(self._begun) == self._size:
                yield bytes(self._begun)
                self._begun.clear()
            if self._phase == self._distance:
                self._phase = 0
