"""The moments of a recording in which a band is loud."""

import logging
from collections.abc import Iterator

from acoupi.audio.band_level import SILENCE_DBFS, BandLevels
from acoupi.audio.loudness import Loudness, Trigger
from acoupi.audio.wav import WavFormat

__all__ = ["LoudMoments"]

logger = logging.getLogger(__name__)


class LoudMoments:
    """Hears recordings of one format, and knows from each what is usual for the next.

    Parameters
    ----------
    trigger
        What is loud.
    format
        How the samples are laid out.
    time_expansion
        How much slower than it was heard the sound comes.
    """

    def __init__(self, trigger: Trigger, format: WavFormat, time_expansion: float) -> None:
        self.format = format
        self.heard_as = format, time_expansion
        self._band = BandLevels(format, trigger.low_hz, trigger.high_hz, time_expansion)
        least = max(1, round(trigger.min_length_s / self._band.step_s))
        self._loudness = Loudness(trigger.threshold_db, trigger.above, least, SILENCE_DBFS)
        self._moments = 0
        if self.is_deaf:
            logger.warning(
                "all recordings are kept: at %d Hz there is no sound from %g to %g Hz",
                format.rate_hz,
                trigger.low_hz,
                trigger.high_hz,
            )

    @property
    def is_deaf(self) -> bool:
        """Whether the format cannot hold anything of the band."""
        return self._band.bins == 0

    def begin(self) -> None:
        """Begin with a recording."""
        self._band.begin()
        self._loudness.begin()
        self._moments = 0

    def hear(self, block: bytes) -> Iterator[float]:
        """Return the loud moments up to now that were not returned before (s)."""
        if not self.is_deaf:
            for levels in self._band.feed(block):
                yield from self._loud(levels.tolist())

    def hear_rest(self) -> Iterator[float]:
        """Return the loud moments of what is left at the end (s)."""
        if not self.is_deaf:
            yield from self._loud(self._band.rest().tolist())

    def _loud(self, levels_db: list[float]) -> Iterator[float]:
        first, self._moments = self._moments, self._moments + len(levels_db)
        for n in self._loudness.loud(levels_db):
            yield (first + n) * self._band.step_s
