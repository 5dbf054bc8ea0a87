"""How loud a band of frequencies is, moment by moment, in sound that comes in pieces."""

from collections.abc import Iterator

import numpy as np

from acoupi.audio.level import Snippet
from acoupi.audio.samples import Samples, to_channels
from acoupi.audio.stft import LEAST_POWER, Matrix, band_power
from acoupi.audio.wav import WavFormat

__all__ = ["SILENCE_DBFS", "BandLevels"]

WINDOW_S = 0.005
"""About as short as what bats call, where the band is wide enough."""

LEAST_BINS = 8
"""Of so many frequencies at least a band is made, lest noise alone leaps."""

LONGEST_WINDOW_S = 0.1
CHUNK_S = 0.25
"""How much sound is looked at together."""

SILENCE_DBFS = -135.0
"""Digital silence is no louder than this; what a microphone gives always is."""


class BandLevels:
    """Measures a band of the loudest channel in overlapping moments.

    How the sound is cut into pieces makes no difference.

    Parameters
    ----------
    format
        How the samples are laid out.
    low_hz, high_hz
        The band, in the air.
    time_expansion
        How much slower than it was heard the sound comes.
    """

    def __init__(
        self, format: WavFormat, low_hz: float, high_hz: float, time_expansion: float = 1
    ) -> None:
        rate_hz = format.rate_hz * time_expansion
        self._format = format
        self._window = _window(rate_hz, high_hz - low_hz)
        self._hop = self._window // 2
        # The lowest two frequencies hold what is left of a constant offset.
        self._first_bin = max(2, int(np.ceil(low_hz * self._window / rate_hz)))
        last_bin = int(min(high_hz * self._window / rate_hz, self._hop - 1))
        self.bins = max(0, last_bin - self._first_bin + 1)
        self._chunk = max(1, round(CHUNK_S * rate_hz / self._hop))
        self._waiting = bytearray()
        self._measured = b""

    @property
    def step_s(self) -> float:
        """The time from one moment to the next, as the sound comes."""
        return self._hop / self._format.rate_hz

    def begin(self) -> None:
        """Begin with sound that need not follow what came before."""
        self._waiting.clear()
        self._measured = b""

    def feed(self, data: bytes) -> Iterator[Matrix]:
        """Take whole frames of sound, and return the levels (dBFS) of what can be measured."""
        self._waiting += data
        size = self._format.frame_bytes
        whole = (self._window + (self._chunk - 1) * self._hop) * size
        while len(self._waiting) >= whole:
            yield self._measure(bytes(self._waiting[:whole]))
            done = self._chunk * self._hop * size
            self._measured = bytes(self._waiting[max(0, done - self._window * size) : done])
            del self._waiting[:done]

    def rest(self) -> Matrix:
        """Return the levels of what is left at the end of the sound."""
        window = self._window * self._format.frame_bytes
        parts = [bytes(self._waiting), (self._measured + self._waiting)[-window:]]
        self.begin()
        # The very end is looked at by a window of its own.
        levels = [self._measure(part) for part in parts if len(part) >= window]
        return np.concatenate([np.empty(0, np.float32), *levels])

    def _measure(self, data: bytes) -> Matrix:
        samples = to_channels(Snippet(self._format, data))
        return np.max([self._levels(channel) for channel in samples.T], axis=0)

    def _levels(self, samples: Samples) -> Matrix:
        power = band_power(samples, self._window, self._hop, self._first_bin, self.bins)
        return 10 * np.log10(power + np.float32(LEAST_POWER))


def _window(rate_hz: float, width_hz: float) -> int:
    wanted_s = min(max(WINDOW_S, LEAST_BINS / width_hz), LONGEST_WINDOW_S)
    return 1 << max(4, round(np.log2(wanted_s * rate_hz)))
