"""A level as a bar."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from acoupi.cli.ink import Colours, Ink
from acoupi.cli.render import NARROW

if TYPE_CHECKING:
    from acoupi.audio.level import Level

__all__ = [
    "LOWEST_DBFS",
    "Recent",
    "finite",
    "level_document",
    "level_words",
    "meter_line",
    "meter_scale",
]

LOWEST_DBFS = -90.0
LOUD_DBFS, TOO_LOUD_DBFS = -20.0, -6.0
LEAST_BAR = 8
SHORTEST_DBFS = -99.9
"""A lower level would need another column."""

MARK_WIDTH = 4


@dataclass
class Recent:
    """The latest levels, for what should be seen longer than it lasted."""

    levels: "deque[Level]" = field(default_factory=lambda: deque(maxlen=20))

    def add(self, level: "Level") -> None:
        """Remember one more."""
        self.levels.append(level)

    @property
    def hold_dbfs(self) -> float:
        """The highest of the peaks."""
        return max(level.peak_dbfs for level in self.levels)

    @property
    def mark(self) -> str:
        """What is wrong, in a word, or nothing."""
        if any(level.clipped for level in self.levels):
            return "CLIP"
        return "FLAT" if all(level.is_flat for level in self.levels) else ""


def meter_scale(columns: int) -> str:
    """Return what stands above a meter's bar: the levels that it goes through."""
    cells, line = _bar_width(columns), ""
    for dbfs in range(-80, 1, 20):
        text = f"{dbfs}"
        line = line.ljust(1 + _cell(dbfs, cells) - len(text) // 2 - 1) + text
    return line


def meter_line(level: "Level", recent: Recent, columns: int, ink: Ink) -> str:
    """Return a line that fills the columns but one: a bar, peak, RMS, and a mark."""
    numbers = _numbers((level.peak_dbfs, level.rms_dbfs), columns)
    bar = _bar(level, recent.hold_dbfs, _bar_width(columns), ink)
    mark = f" {recent.mark:<{MARK_WIDTH}}"
    if ink.colours > Colours.NONE:
        mark = click.style(mark, fg="red", bold=True)
    return f"[{bar}]{numbers}{mark}"


def level_words(level: "Level") -> str:
    """Return a level in words."""
    words = [f"peak {level.peak_dbfs:5.1f} dBFS", f"RMS {level.rms_dbfs:5.1f} dBFS"]
    if level.clipped:
        words.append("1 sample clipped" if level.clipped == 1 else f"{level.clipped} clipped")
    if level.is_flat:
        words.append("every sample is the same")
    return ", ".join(words)


def level_document(level: "Level") -> dict[str, object]:
    """Return a level as JSON values."""
    return {
        "peak_dbfs": finite(level.peak_dbfs),
        "rms_dbfs": finite(level.rms_dbfs),
        "clipped": level.clipped,
        "is_flat": level.is_flat,
        "dc": finite(level.dc),
    }


def finite(number: float) -> float | None:
    """Return a number as JSON knows it: the level of silence is none."""
    return round(number, 4) if math.isfinite(number) else None


def _numbers(levels: Sequence[float], columns: int) -> str:
    peak, rms = (f"{max(db, SHORTEST_DBFS) if math.isfinite(db) else db:5.1f}" for db in levels)
    return f" {peak} {rms}" if columns < NARROW else f" peak {peak}  RMS {rms} dBFS"


def _bar_width(columns: int) -> int:
    """Return how many cells are left by the numbers, the mark, both ends, and the last column."""
    numbers = _numbers((0, 0), columns)
    return max(LEAST_BAR, columns - len(numbers) - MARK_WIDTH - 4)


def _bar(level: "Level", hold_dbfs: float, cells: int, ink: Ink) -> str:
    """Fill up to the RMS, less dense up to the peak, and mark where the peak was lately."""
    full, thin, mark = "█▒│" if ink.is_unicode else "#-|"
    rms, peak, hold = (_cell(db, cells) for db in (level.rms_dbfs, level.peak_dbfs, hold_dbfs))
    text = (full * rms).ljust(peak, thin).ljust(cells)
    if hold:
        text = f"{text[: hold - 1]}{mark}{text[hold:]}"
    return text if ink.colours is Colours.NONE else _tinted(text, cells)


def _cell(level_dbfs: float, cells: int) -> int:
    """Return how many cells a level fills."""
    share = max(0.0, 1 - max(level_dbfs, LOWEST_DBFS) / LOWEST_DBFS)
    return min(cells, round(share * cells))


def _tinted(text: str, cells: int) -> str:
    """Colour what is loud, wherever it begins."""
    loud, too_loud = _cell(LOUD_DBFS, cells), _cell(TOO_LOUD_DBFS, cells)
    parts = ((0, loud, "green"), (loud, too_loud, "yellow"), (too_loud, cells, "red"))
    return "".join(click.style(text[start:end], fg=colour) for start, end, colour in parts)
