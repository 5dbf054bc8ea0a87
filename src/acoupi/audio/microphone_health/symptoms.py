"""What speaks for a microphone that fails, and how strongly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from acoupi.audio.microphone_health.figures import Figures

__all__ = [
    "LEAST_HOURS",
    "Reference",
    "Symptom",
    "symptoms_of_hours",
    "symptoms_of_recording",
]


class Symptom(StrEnum):
    """What is wrong with how a microphone hears."""

    DEAD = "dead"
    OFF_ZERO = "off_zero"
    CLIPPING = "clipping"
    QUIETER = "quieter"
    MUFFLED = "muffled"
    NOISIER = "noisier"

    @property
    def words(self) -> str:
        """How it is called."""
        return self.value.replace("_", " ")


FLAT_SHARE = 0.9
OFF_ZERO = 0.1
CLIPPED_SHARE = 1e-3
LESS_DB = 10
"""By how much less than in the quietest of its first hours a healthy microphone never hears."""

MORE_DB = 15
"""By how much the quietest hour of a day may be above the first hours' middle."""

DAY_HOURS = 24
LEAST_HOURS = 24
"""How many hours are needed before any is compared with them: a night must be among them."""

LOW_SHARE = 20
"""One hour in so many may be lower than the reference: so quiet is chance."""


@dataclass(frozen=True)
class Reference:
    """What a channel's floor was like in its first hours, in each octave."""

    lowest_dbfs: list[float]
    middle_dbfs: list[float]

    @classmethod
    def of(cls, hours: Sequence[Sequence[float]]) -> Self:
        """Return that of the floors of at least one hour."""
        octaves = [sorted(levels) for levels in zip(*hours, strict=True)]
        return cls(
            [levels[len(levels) // LOW_SHARE] for levels in octaves],
            [levels[len(levels) // 2] for levels in octaves],
        )


def symptoms_of_recording(figures: Figures) -> Mapping[Symptom, float]:
    """Say how strong is what one recording tells: from 1 on it is a symptom."""
    return {
        Symptom.DEAD: figures.flat / FLAT_SHARE,
        Symptom.OFF_ZERO: abs(figures.dc) / OFF_ZERO,
    }


def symptoms_of_hours(
    hours: Sequence[Figures], first: Sequence[Sequence[float]]
) -> Mapping[Symptom, float]:
    """Say how strong is what the latest hours tell: from 1 on it is a symptom.

    Parameters
    ----------
    hours
        The latest last; at least one.
    first
        The floors of the first hours. What needs more of them is left out.
    """
    hour = hours[-1]
    found = {Symptom.CLIPPING: hour.clipped / CLIPPED_SHARE}
    if hour.flat < 1 - FLAT_SHARE and len(first) >= LEAST_HOURS:
        reference = Reference.of(first)
        found |= _less(hour.floor_dbfs, reference.lowest_dbfs)
        if len(hours) >= DAY_HOURS:
            found |= _more(hours[-DAY_HOURS:], reference.middle_dbfs)
    return found


def _less(floor_dbfs: Sequence[float], lowest_dbfs: Sequence[float]) -> dict[Symptom, float]:
    drops_db = [low - now for now, low in zip(floor_dbfs, lowest_dbfs, strict=True)]
    half = len(drops_db) // 2
    deep, high = sorted(drops_db[:half] or [0.0]), sorted(drops_db[half:])
    muffled_db = _nearly_all(high) - max(0.0, deep[len(deep) // 2])
    return {
        Symptom.QUIETER: max(0.0, _nearly_all(sorted(drops_db)) / LESS_DB),
        Symptom.MUFFLED: max(0.0, muffled_db / LESS_DB),
    }


def _nearly_all(values: Sequence[float]) -> float:
    """Return what three quarters of sorted values reach."""
    return values[len(values) // 4]


def _more(hours: Sequence[Figures], middle_dbfs: Sequence[float]) -> dict[Symptom, float]:
    octaves = zip(*(hour.floor_dbfs for hour in hours), strict=True)
    lowest = [min(levels) for levels in octaves]
    rises_db = [now - then for now, then in zip(lowest, middle_dbfs, strict=True)]
    return {Symptom.NOISIER: max(0.0, max(rises_db) / MORE_DB)}
