"""What is measured of a microphone's channel over some time."""

import math
from collections.abc import Sequence

from pydantic import BaseModel

__all__ = ["SILENCE_DBFS", "Figures", "to_dbfs", "together", "total_dbfs"]

SILENCE_DBFS = -140.0
"""What stands for no sound at all; below the noise of samples of 24 bit."""


class Figures(BaseModel):
    """What was measured of one channel."""

    measured_s: float
    """How much sound was looked at."""

    level_dbfs: float
    """Of all of it, against a square wave as loud as can be."""

    peak_dbfs: float
    clipped: float
    """Share of the samples that are as far out as can be."""

    dc: float
    """How far off zero the middle is, from -1 to 1."""

    flat: float
    """Share of the time in which it gave one value, give or take the smallest step."""

    floor_dbfs: list[float]
    """The level of the quietest tenth of the time, in each octave."""

    wind: float = 0
    """Share of the recordings that sound like wind."""

    rain: float = 0
    """Share of the recordings that sound like rain."""


def together(before: Figures | None, after: Figures) -> Figures:
    """Return the figures of both; floors are averaged, and count as far as there was sound."""
    if before is None:
        return after
    share = after.measured_s / (before.measured_s + after.measured_s)
    powers = _power(before.level_dbfs), _power(after.level_dbfs)
    return Figures(
        measured_s=before.measured_s + after.measured_s,
        level_dbfs=to_dbfs(_between(*powers, share)),
        peak_dbfs=max(before.peak_dbfs, after.peak_dbfs),
        clipped=_between(before.clipped, after.clipped, share),
        dc=_between(before.dc, after.dc, share),
        flat=_between(before.flat, after.flat, share),
        floor_dbfs=_floors(before, after),
        wind=_between(before.wind, after.wind, share),
        rain=_between(before.rain, after.rain, share),
    )


def total_dbfs(levels_dbfs: Sequence[float]) -> float:
    """Return the level of several octaves as one."""
    return to_dbfs(math.fsum(_power(level) for level in levels_dbfs))


def to_dbfs(power: float) -> float:
    """Return the level of a mean square."""
    return max(SILENCE_DBFS, 10 * math.log10(power)) if power > 0 else SILENCE_DBFS


def _floors(before: Figures, after: Figures) -> list[float]:
    heard = [each.measured_s * (1 - each.flat) for each in (before, after)]
    share = heard[1] / sum(heard) if sum(heard) else 1.0
    pairs = zip(before.floor_dbfs, after.floor_dbfs, strict=True)
    return [_between(old, new, share) for old, new in pairs]


def _between(before: float, after: float, share: float) -> float:
    return before + (after - before) * share


def _power(level_dbfs: float) -> float:
    return 10 ** (level_dbfs / 10)
