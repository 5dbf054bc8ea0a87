"""Sound in windows of one length, as most networks want it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from acoupi.data import BoundingBox, Recording
from acoupi.models.networks import Floats

__all__ = ["Window", "Windows", "batches", "box_of"]


@dataclass(frozen=True)
class Window:
    """A stretch of sound; the samples beyond its end are silence."""

    start_s: float
    end_s: float
    samples: Floats


@dataclass(frozen=True)
class Windows:
    """How sound is divided.

    The last window is filled up with silence, and left out if it would hold
    less than ``least_s`` that no other holds.
    """

    rate_hz: int
    length_s: float
    overlap_s: float = 0.0
    least_s: float = 1.0

    @property
    def length(self) -> int:
        """Samples of a window."""
        return round(self.length_s * self.rate_hz)

    @property
    def hop(self) -> int:
        """Samples from the start of a window to that of the next."""
        return max(1, round((self.length_s - self.overlap_s) * self.rate_hz))

    def of_blocks(self, blocks: Iterable[Floats]) -> Iterator[Window]:
        """Divide sound that comes in blocks of any length."""
        start, held = 0, np.empty(0, np.float32)
        for block in blocks:
            held = np.concatenate([held, block])
            while len(held) >= self.length:
                yield self._window(start, held[: self.length])
                start, held = start + self.hop, held[self.hop :]
        if self._is_worth_a_window(start, len(held)):
            yield self._window(start, held)

    def _window(self, start: int, part: Floats) -> Window:
        return Window(
            start / self.rate_hz,
            (start + len(part)) / self.rate_hz,
            np.pad(part, (0, self.length - len(part))),
        )

    def _is_worth_a_window(self, start: int, rest: int) -> bool:
        """Tell whether the rest of the sound is: if it is all there is, or is new enough."""
        if start == 0:
            return rest > 0
        held_before = self.length - self.hop
        least = min(self.hop, round(self.least_s * self.rate_hz))
        return rest - held_before >= max(1, least)


def batches(windows: Iterable[Window], size: int) -> Iterator[list[Window]]:
    """Yield windows in lists of a size; the last may be shorter."""
    rest = iter(windows)
    while batch := list(islice(rest, size)):
        yield batch


def box_of(window: Window, recording: Recording, low_hz: float, high_hz: float) -> BoundingBox:
    """Return where a window is in a recording: times are those in the file."""
    top_hz = recording.samplerate * recording.time_expansion / 2
    start_s = min(window.start_s * recording.time_expansion, recording.duration)
    end_s = min(window.end_s * recording.time_expansion, recording.duration)
    return BoundingBox.from_coordinates(start_s, min(low_hz, top_hz), end_s, min(high_hz, top_hz))
