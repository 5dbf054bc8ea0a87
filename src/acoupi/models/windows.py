"""Sound in windows of one length, as most networks want it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from acoupi.data import BoundingBox, Recording
from acoupi.models.networks import Floats

__all__ = ["Window", "Windows", "box_of"]


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

    def of(self, samples: Floats) -> Iterator[Window]:
        """Divide sound."""
        for start in range(0, self._last_start(len(samples)) + 1, self.hop):
            part = samples[start : start + self.length]
            yield Window(
                start / self.rate_hz,
                (start + len(part)) / self.rate_hz,
                np.pad(part, (0, self.length - len(part))),
            )

    def _last_start(self, samples: int) -> int:
        """Return where the last window may start: the first one always, if there is sound."""
        least = min(self.hop, round(self.least_s * self.rate_hz))
        beyond = self.length - self.hop  # what the window before holds already
        return max(0, samples - beyond - least) if samples else -1


def box_of(window: Window, recording: Recording, low_hz: float, high_hz: float) -> BoundingBox:
    """Return where a window is in a recording: times are those in the file."""
    top_hz = recording.samplerate * recording.time_expansion / 2
    start_s = min(window.start_s * recording.time_expansion, recording.duration)
    end_s = min(window.end_s * recording.time_expansion, recording.duration)
    return BoundingBox.from_coordinates(start_s, min(low_hz, top_hz), end_s, min(high_hz, top_hz))
