"""A spectrogram drawn with characters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from acoupi.cli.axes import ticks
from acoupi.cli.ink import Colours, Ink
from acoupi.cli.palette import Rgb, cell_colour, colour_code, shade

if TYPE_CHECKING:
    from acoupi.audio.spectrogram import Spectrogram

__all__ = ["Frame", "Scale", "choose_scale", "frame_for", "spectrogram_lines"]

LABEL_WIDTH = 4
SPAN_DB = 35.0
"""A sound that has less than this between quiet and loud is not drawn as if it had more."""

QUIET_SHARE = 0.3
RUMBLE_SHARE = 1 / 8
"""The lowest part of the picture, whose wind and traffic should not darken the rest."""

ROWS_A_LABEL = 3
COLUMNS_A_LABEL = 9
LEGEND_CELLS = 10
HALF = "▀"
RESET = "\x1b[0m"


@dataclass(frozen=True)
class Frame:
    """How large a picture is."""

    columns: int
    lines: int
    rows_a_line: int

    @property
    def rows(self) -> int:
        """How many bands there are."""
        return self.lines * self.rows_a_line


@dataclass(frozen=True)
class Scale:
    """Which level is dark and which is bright."""

    low_dbfs: float
    high_dbfs: float

    def brightness(self, level_dbfs: float) -> float:
        """Return 0 to 1, and beyond for what is outside."""
        return (level_dbfs - self.low_dbfs) / (self.high_dbfs - self.low_dbfs)


def frame_for(columns: int, lines: int, ink: Ink) -> Frame:
    """Return the size of a picture for a place, from which axes and words take some."""
    halves = ink.is_unicode and ink.colours >= Colours.MANY
    return Frame(
        max(10, columns - LABEL_WIDTH - 2), max(6, min(lines, 24)), rows_a_line=2 if halves else 1
    )


def choose_scale(picture: "Spectrogram") -> Scale:
    """Return a scale on which noise is dark, unless it is loud, and the loudest is bright."""
    rows = picture.levels_dbfs
    heard = rows[: -int(len(rows) * RUMBLE_SHARE) or None]
    levels = sorted(chain.from_iterable(heard))
    low = levels[int(QUIET_SHARE * (len(levels) - 1))]
    high = min(0.0, max(low + SPAN_DB, levels[-1]))
    return Scale(min(low, high - SPAN_DB), high)


def spectrogram_lines(picture: "Spectrogram", frame: Frame, ink: Ink) -> list[str]:
    """Return the lines of a picture that has as many cells as the frame."""
    scale = choose_scale(picture)
    bright = [[scale.brightness(db) for db in row] for row in picture.levels_dbfs]
    labels = _frequency_labels(picture.high_hz / 1000, frame.lines)
    corner, across, tick, side, mark = "└─┬│┤" if ink.is_unicode else "+-+|+"
    body = [
        f"{labels.get(n, ''):>{LABEL_WIDTH}} {mark if n in labels else side}{cells}"
        for n, cells in enumerate(_body(bright, frame, ink))
    ]
    marks = _time_marks(picture.duration_s, frame.columns)
    axis = "".join(tick if n in marks else across for n in range(frame.columns))
    margin = " " * (LABEL_WIDTH + 1)
    return [
        _heading(scale, frame, ink),
        *body,
        f"{margin}{corner}{axis}",
        f"{margin} {_time_labels(marks, frame.columns)}".rstrip(),
    ]


def _heading(scale: Scale, frame: Frame, ink: Ink) -> str:
    steps = [n / (LEGEND_CELLS - 1) for n in range(LEGEND_CELLS)]
    legend = _line([steps] * frame.rows_a_line, ink)
    low, high = f"{scale.low_dbfs:.0f} ", f" {scale.high_dbfs:.0f} dBFS"
    room = frame.columns + 2 - LEGEND_CELLS - len(high)
    return f"{'kHz':>{LABEL_WIDTH}}{low.rjust(room)}{legend}{high}"


def _body(bright: Sequence[Sequence[float]], frame: Frame, ink: Ink) -> list[str]:
    size = frame.rows_a_line
    return [_line(bright[n * size : (n + 1) * size], ink) for n in range(frame.lines)]


def _line(rows: Sequence[Sequence[float]], ink: Ink) -> str:
    """Return a line of characters for one row of cells, or for two on top of each other."""
    if ink.colours < Colours.MANY:
        return "".join(shade(cell, ink) for cell in rows[0])
    colours = [tuple(cell_colour(cell) for cell in cells) for cells in zip(*rows, strict=True)]
    return "".join(_coloured(colours, ink.colours)) + RESET


def _coloured(cells: Iterable[tuple[Rgb, ...]], colours: Colours) -> Iterable[str]:
    """Yield each cell, with its colours where they are not those of the one before."""
    before: tuple[Rgb, ...] | None = None
    for cell in cells:
        # Of a cell of one colour, the background is all that is seen.
        code = f"48;{colour_code(cell[-1], colours)}"
        if len(cell) > 1:
            code = f"38;{colour_code(cell[0], colours)};{code}"
        text = HALF if len(cell) > 1 else " "
        yield text if cell == before else f"\x1b[{code}m{text}"
        before = cell


def _frequency_labels(high_khz: float, lines: int) -> dict[int, str]:
    """Return the text beside each line that a round frequency lies in."""
    marks = ticks(high_khz, max(1, lines // ROWS_A_LABEL))
    return {min(lines - 1, int((1 - khz / high_khz) * lines)): f"{khz:g}" for khz in marks}


def _time_marks(duration_s: float, columns: int) -> dict[int, str]:
    """Return the text below each column that a round time lies in."""
    marks = ticks(duration_s, max(1, columns // COLUMNS_A_LABEL))
    return {min(columns - 1, int(s / duration_s * columns)): f"{s:g}" for s in marks}


def _time_labels(marks: dict[int, str], columns: int) -> str:
    """Return the texts that have room, each begun below its mark, and the unit after the first."""
    line = ""
    for place in sorted(marks):
        text = marks[place] if line else f"{marks[place]} s"
        start = min(place, columns - len(text))
        if not line or start > len(line):
            line = line.ljust(start) + text
    return line
