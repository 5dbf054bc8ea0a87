"""How probable it is that people speak, in sound of any format."""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from acoupi.audio.level import Snippet
from acoupi.audio.privacy.silero import FRAME, RATE_HZ, load_package
from acoupi.audio.samples import Samples, to_mono
from acoupi.audio.wav import WavFormat
from acoupi.errors import RecordingError

__all__ = ["Ear", "SpeechModel", "Verdict"]

Verdict = tuple[int, float]
"""Up to which frame, and how probable speech is from where the last one ended."""

STEP = 8 * FRAME
"""How many samples the model is handed at once, at most so many are waited for."""


class SpeechModel(Protocol):
    """What hears speech in mono sound at 16 kHz."""

    def forget(self) -> None:
        """Begin with sound that does not continue what was heard."""
        ...

    def hear(self, samples: Samples) -> list[float]:
        """Return how probable speech is in each 512 of the samples."""
        ...


class Ear:
    """Hears one recording.

    Parameters
    ----------
    model
        Hears speech; what it remembers stays.
    format
        Of the recording.
    time_expansion
        How much slower the sound is than it was.
    """

    def __init__(self, model: SpeechModel, format: WavFormat, time_expansion: float = 1) -> None:
        self._model = model
        self._format = format
        self._frames_per_sample = format.rate_hz * time_expansion / RATE_HZ
        self._resampler = _resampler(format.rate_hz * time_expansion)
        self._waiting: Samples = np.zeros(0, np.float32)
        self._heard = 0
        self._frames = 0
        self._decided = 0

    def hear(self, block: bytes) -> Iterator[Verdict]:
        """Hear whole frames, and yield what is known by now."""
        self._frames += len(block) // self._format.frame_bytes
        yield from self._hear(self._resampled(to_mono(Snippet(self._format, block))), STEP)

    def finish(self) -> Iterator[Verdict]:
        """Yield what is left to know; the last verdict is for the last frame."""
        yield from self._hear(self._resampled(np.zeros(0, np.float32), last=True), FRAME)
        if self._decided < self._frames:
            rest = np.zeros(FRAME, np.float32)
            rest[: len(self._waiting)] = self._waiting
            yield self._frames, _certain(self._model.hear(rest)[0])

    def _resampled(self, samples: Samples, last: bool = False) -> Samples:
        if self._resampler is None:
            return samples
        return self._resampler.resample_chunk(samples, last=last)

    def _hear(self, samples: Samples, at_least: int) -> Iterator[Verdict]:
        self._waiting = np.concatenate([self._waiting, samples])
        usable = len(self._waiting) // FRAME * FRAME
        if usable < at_least:
            return
        heard, self._waiting = self._waiting[:usable], self._waiting[usable:]
        for probability in self._model.hear(heard):
            self._heard += FRAME
            self._decided = min(self._frames, round(self._heard * self._frames_per_sample))
            yield self._decided, _certain(probability)


def _certain(probability: float) -> float:
    """Refuse what is no probability, such as NaN, which no threshold would stop."""
    if not 0 <= probability <= 1:
        raise RecordingError(f"the speech model answers {probability}")
    return probability


def _resampler(rate_hz: float) -> Any:
    if rate_hz == RATE_HZ:
        return None
    return load_package("soxr").ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32", quality="HQ")
