"""Levels as bars and in words."""

import math
import re

import pytest
from hypothesis import given, strategies as st

from acoupi.audio.level import Level
from acoupi.cli.ink import Colours, Ink
from acoupi.cli.render_meter import Recent, finite, level_words, meter_line, meter_scale

ESCAPE = re.compile(r"\x1b\[[\d;]*m")
ANY_LEVEL = st.floats(-200, 0) | st.just(-math.inf)
PLAIN = Ink()


def recent(*levels: Level) -> Recent:
    found = Recent()
    for level in levels:
        found.add(level)
    return found


def a_line(level: Level, *before: Level, columns: int = 80, ink: Ink = PLAIN) -> str:
    return meter_line(level, recent(*before, level), columns, ink)


@given(ANY_LEVEL, ANY_LEVEL, st.integers(40, 200), st.booleans())
def test_a_line_leaves_the_last_column_free_so_that_no_terminal_wraps_it(
    peak: float, below: float, columns: int, is_unicode: bool
) -> None:
    level = Level(peak, min(peak, below), False, clipped=7)
    line = a_line(level, columns=columns, ink=Ink(Colours.MANY, is_unicode))
    assert len(ESCAPE.sub("", line)) == columns - 1


def test_the_bar_is_full_up_to_the_rms_and_thin_up_to_the_peak() -> None:
    line = a_line(Level(-30, -60, False))
    bar = line[1 : line.index("]")]
    assert bar.count("#") == pytest.approx(len(bar) / 3, abs=1)
    assert bar.count("-") + bar.count("|") == pytest.approx(len(bar) / 3, abs=1)
    assert bar.rstrip().endswith("|")


def test_the_highest_peak_is_held_after_it_has_passed() -> None:
    quiet, loud = Level(-60, -70, False), Level(-10, -20, False)
    assert a_line(quiet, loud).index("|") == a_line(loud).index("|")
    assert a_line(quiet, loud, *[quiet] * 20).index("|") == a_line(quiet).index("|")


def test_what_is_wrong_is_marked_and_the_mark_stays_for_a_while() -> None:
    well, clipped = Level(-20, -40, False), Level(0, -3, False, clipped=1)
    assert a_line(clipped).endswith("CLIP")
    assert a_line(well, clipped).endswith("CLIP")
    assert "CLIP" not in a_line(well, clipped, *[well] * 20)
    assert a_line(Level(-math.inf, -math.inf, True)).endswith("FLAT")
    assert a_line(well).endswith("dBFS     ")


@pytest.mark.parametrize("columns", [40, 80])
def test_the_numbers_are_beside_the_bar_in_any_width(columns: int) -> None:
    line = a_line(Level(-12.34, -45.6, False), columns=columns)
    assert "-12.3" in line
    assert "-45.6" in line


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_scale_stands_above_the_bar(columns: int) -> None:
    scale = meter_scale(columns)
    assert scale.split() == ["-80", "-60", "-40", "-20", "0"]
    line = a_line(Level(-20, -20, False), columns=columns)
    assert abs(scale.index("-20") + 1 - line.index("|")) <= 1
    assert len(scale) < columns


@pytest.mark.parametrize("colours", [Colours.NONE, Colours.FEW])
def test_it_is_coloured_only_where_there_are_colours(colours: Colours) -> None:
    line = a_line(Level(-1, -3, False), ink=Ink(colours, is_unicode=True))
    assert ("\x1b[31m" in line) is (colours is Colours.FEW)


def test_in_words_a_level_says_what_is_wrong_too() -> None:
    assert level_words(Level(-1.25, -20, False)) == "peak  -1.2 dBFS, RMS -20.0 dBFS"
    assert level_words(Level(0, -3, False, clipped=1)).endswith(", 1 sample clipped")
    assert level_words(Level(0, -3, False, clipped=20)).endswith(", 20 clipped")
    assert level_words(Level(-math.inf, -math.inf, True)).endswith("every sample is the same")


def test_the_level_of_silence_is_no_number_in_json() -> None:
    assert finite(-math.inf) is None
    assert finite(-12.345678) == -12.3457
