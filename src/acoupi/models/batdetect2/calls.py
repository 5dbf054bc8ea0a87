"""Calls, from what the network says of each pixel."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acoupi.models.batdetect2.settings import Settings

__all__ = ["Call", "Maps", "find_calls", "most_certain", "without_twins"]

LEAST_SCORE = 1e-6
"""Where there is no peak, the score is 0."""

NEIGHBOURS = 64
"""More calls than begin in the few milliseconds in which two may be one."""

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Maps:
    """What the network gives for a spectrogram, without the axis for several of them."""

    peaks: Matrix
    """Shape ``(height, width)``; 0 where a pixel nearby is more certain."""

    sizes: Matrix
    """Shape ``(2, height, width)``: of a call from there to the right, and up."""

    classes: Matrix
    """Shape ``(species, height, width)``: logarithms of the odds against no call."""


@dataclass(frozen=True)
class Call:
    """One call, in seconds from the start of the spectrogram, and Hz."""

    start_s: float
    low_hz: float
    end_s: float
    high_hz: float
    score: float
    """How certain it is that this is a call."""

    species: tuple[tuple[str, float], ...]
    """Whose, and how certain that is; the most certain first."""


def find_calls(
    maps: Maps, settings: Settings, threshold: float, columns: slice, first_px: int = 0
) -> list[Call]:
    """Find the calls, in the order of time.

    Parameters
    ----------
    maps
        Of some columns of a spectrogram.
    settings
        Of the network.
    threshold
        The least score.
    columns
        Of those, where calls may begin.
    first_px
        Which column of the spectrogram is the first of them.
    """
    scores = maps.peaks[:, columns].T
    offsets, rows = np.nonzero(scores >= max(threshold, LEAST_SCORE))
    places = zip(rows.tolist(), (offsets + columns.start).tolist(), strict=True)
    return [_call(maps, settings, row, column, first_px) for row, column in places]


def most_certain(calls: Sequence[Call], settings: Settings, width_px: int) -> list[Call]:
    """Leave out the least certain of more calls than bats make in that time."""
    # The network comes with a limit in which two moments, one column, count as one.
    counted_s = width_px * settings.hop / settings.rate_hz + settings.first_pixel_s
    most = int(settings.max_calls_per_s * counted_s)
    kept = sorted(calls, key=lambda call: -call.score)[: max(1, most)]
    return sorted(kept, key=lambda call: call.start_s)


def without_twins(calls: Iterable[Call], settings: Settings) -> list[Call]:
    """Keep the more certain of calls that are one: found twice, near where stretches overlap."""
    kept: list[Call] = []
    for call in sorted(calls, key=lambda call: call.start_s):
        twin = next(
            (other for other in kept[-NEIGHBOURS:] if _is_one(call, other, settings)), None
        )
        if twin is None:
            kept.append(call)
        elif call.score > twin.score:
            kept[kept.index(twin)] = call
    return kept


def _is_one(call: Call, other: Call, settings: Settings) -> bool:
    reach = settings.nms_size / 2
    return (
        abs(call.start_s - other.start_s) < reach * settings.pixel_s
        and abs(call.low_hz - other.low_hz) < reach * settings.pixel_hz
    )


def _call(maps: Maps, settings: Settings, row: int, column: int, first_px: int) -> Call:
    start_s = settings.first_pixel_s + (first_px + column) * settings.pixel_s
    low_hz = settings.high_hz - row * settings.pixel_hz
    width, height = maps.sizes[:, row, column].tolist()
    return Call(
        start_s=start_s,
        low_hz=low_hz,
        end_s=start_s + width * settings.pixel_s,
        high_hz=low_hz + height * settings.pixel_hz,
        score=min(1.0, float(maps.peaks[row, column])),
        species=_shares(maps.classes[:, row, column], settings.species),
    )


def _shares(log_odds: Matrix, names: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Return the probability of each species, beside that of no call."""
    largest = max(0.0, float(log_odds.max()))
    odds = np.exp(log_odds - largest)
    shares = odds / (odds.sum() + math.exp(-largest))
    pairs = zip(names, shares.tolist(), strict=True)
    return tuple(sorted(pairs, key=lambda pair: -pair[1]))
