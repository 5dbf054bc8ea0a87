"""Which stretches of a recording are looked at."""

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Stretch", "stretches"]


@dataclass(frozen=True)
class Stretch:
    """Samples that are looked at together, and those of them in which calls are looked for."""

    begin: int
    start: int
    stop: int
    end: int


def stretches(samples: int, length: int, reach: int) -> Iterator[Stretch]:
    """Divide a recording into stretches that reach into their neighbours.

    Parameters
    ----------
    samples
        Of the recording.
    length
        Of a stretch, without what it reaches into; the last may be shorter.
    reach
        How far. If it is not 0, what would be a last stretch of less than that
        belongs to the one before.
    """
    start = 0
    while start < samples:
        stop = min(samples, start + length)
        if samples - stop <= reach:
            stop = samples
        yield Stretch(max(0, start - reach), start, stop, min(samples, stop + reach))
        start = stop
