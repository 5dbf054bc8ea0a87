"""When a band is loud: above a level, or above what it usually is."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median_low
from typing import Literal

__all__ = ["Above", "Loudness", "Trigger"]

Above = Literal["background", "full_scale"]
"""What a threshold is counted from."""

REMEMBERED = 120
"""Stretches of sound, of a quarter of a second, that make the background."""


@dataclass(frozen=True)
class Trigger:
    """What makes a recording worth keeping, and how much around it.

    Frequencies are those in the air. ``threshold_db`` is counted from the
    band's usual level, or from the loudest that samples can hold, and must be
    reached for ``min_length_s`` on end.
    """

    low_hz: float
    high_hz: float
    threshold_db: float
    above: Above = "background"
    min_length_s: float = 0
    pre_roll_s: float = 0
    post_roll_s: float = 0


@dataclass
class Loudness:
    """Tells which moments end a stretch that is loud for long enough.

    The background is the median of the last half minute: what goes on for longer
    than half of that belongs to it.
    """

    threshold_db: float
    above: Above
    least: int = 1
    """How many moments in a row must be loud."""

    silence_dbfs: float = float("-inf")
    """What is no louder than this is no sound, and not part of the background."""

    _usual: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _run: int = 0

    def begin(self) -> None:
        """Begin with sound that need not follow what came before."""
        self._run = 0

    def loud(self, levels_db: Iterable[float]) -> list[int]:
        """Return which of these moments, that follow those before, end such a stretch."""
        levels = list(levels_db)
        threshold = self._threshold(levels)
        if not levels or max(levels) < threshold:
            self._run = 0
            return []
        return [n for n, level in enumerate(levels) if self._goes_on(level >= threshold)]

    def _goes_on(self, is_loud: bool) -> bool:
        self._run = self._run + 1 if is_loud else 0
        return self._run >= self.least

    def _threshold(self, levels: list[float]) -> float:
        if self.above == "full_scale":
            return self.threshold_db
        heard = [level for level in levels if level > self.silence_dbfs]
        if heard:
            self._usual.append(median_low(heard))
        return (median_low(self._usual) if self._usual else 0.0) + self.threshold_db
