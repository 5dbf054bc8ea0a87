"""Spectrograms drawn with characters."""

import re

import pytest
from hypothesis import given, strategies as st

from acoupi.audio.spectrogram import Spectrogram
from acoupi.cli.axes import tick_step, ticks
from acoupi.cli.ink import Colours, Ink
from acoupi.cli.render_spectrogram import (
    Frame,
    choose_scale,
    frame_for,
    spectrogram_lines,
)

INKS = [Ink(colours, is_unicode) for colours in Colours for is_unicode in (True, False)]
ESCAPE = re.compile(r"\x1b\[[\d;]*m")


def a_picture(frame: Frame, high_hz: float = 24_000, duration_s: float = 3) -> Spectrogram:
    """Return quiet, with one loud cell in the middle of the upper half."""
    rows = [[-90.0] * frame.columns for _ in range(frame.rows)]
    rows[frame.rows // 4][frame.columns // 2] = -20.0
    return Spectrogram(rows, high_hz, duration_s)


def draw(columns: int, lines: int, ink: Ink, **sizes: float) -> list[str]:
    frame = frame_for(columns, lines, ink)
    return spectrogram_lines(a_picture(frame, **sizes), frame, ink)


@pytest.mark.parametrize("ink", INKS, ids=str)
@pytest.mark.parametrize("columns", [40, 80, 133])
def test_a_picture_is_exactly_as_wide_as_its_place(ink: Ink, columns: int) -> None:
    lines = [ESCAPE.sub("", line) for line in draw(columns, 15, ink)]
    assert len(lines) == 15 + 3
    assert {len(line) for line in lines[:-1]} == {columns}
    assert len(lines[-1]) <= columns


@pytest.mark.parametrize("ink", INKS, ids=str)
def test_it_uses_only_what_the_terminal_can_show(ink: Ink) -> None:
    text = "\n".join(draw(80, 12, ink))
    assert text.isascii() is not ink.is_unicode
    assert ("\x1b" in text) is (ink.colours >= Colours.MANY)
    assert (";2;" in text) is (ink.colours is Colours.ALL)


def test_without_colours_the_loud_cell_is_where_it_belongs() -> None:
    lines = draw(80, 12, Ink())
    [(row, line)] = [(n, line) for n, line in enumerate(lines[1:13]) if "@" in line]
    assert row == 3
    assert line.index("@") == 6 + 74 // 2


def test_half_blocks_show_two_bands_a_line() -> None:
    ink = Ink(Colours.ALL, is_unicode=True)
    frame = frame_for(80, 12, ink)
    assert (frame.lines, frame.rows) == (12, 24)
    assert all("▀" in line for line in draw(80, 12, ink)[1:13])


def test_a_run_of_one_colour_is_written_once() -> None:
    quiet = draw(80, 12, Ink(Colours.ALL, is_unicode=True))[12]
    assert quiet.count("\x1b[") == 2


def test_the_axes_have_round_numbers_with_their_units() -> None:
    lines = draw(80, 16, Ink())
    assert lines[0].startswith(" kHz")
    assert lines[0].endswith(" dBFS")
    labels = [line[:4].strip() for line in lines[1:17] if line[5] == "+"]
    assert labels == ["20", "15", "10", "5", "0"]
    assert lines[-1].split() == ["0", "s", "0.5", "1", "1.5", "2", "2.5", "3"]
    for label in lines[-1].split()[2:]:
        assert lines[-2][lines[-1].index(f" {label}") + 1] == "+"


@given(st.floats(0.001, 100), st.floats(400, 400_000), st.integers(20, 250), st.integers(1, 60))
def test_any_sound_has_axes_within_the_picture(
    duration_s: float, high_hz: float, columns: int, lines: int
) -> None:
    drawn = draw(columns, lines, Ink(), high_hz=high_hz, duration_s=duration_s)
    assert all(len(line) <= max(16, columns) for line in drawn[1:])
    assert drawn[-1].split()[:2] == ["0", "s"]


@given(st.floats(1e-3, 1e6), st.integers(1, 40))
def test_ticks_are_multiples_of_a_round_step_and_not_too_many(span: float, most: int) -> None:
    marks = ticks(span, most)
    assert marks[0] == 0
    assert marks[-1] <= span * 1.001
    assert len(marks) <= most + 1
    assert f"{tick_step(span, most):e}"[0] in "125"


def test_a_sound_without_contrast_stays_dark() -> None:
    flat = Spectrogram([[-60.0 + n % 2 for n in range(40)] for _ in range(16)], 24_000, 3)
    scale = choose_scale(flat)
    assert scale.brightness(-59) < 0.1


def test_noise_that_is_as_loud_as_can_be_is_bright() -> None:
    loud = Spectrogram([[-15.0 + n % 2 for n in range(40)] for _ in range(16)], 24_000, 3)
    scale = choose_scale(loud)
    assert scale.high_dbfs == 0
    assert 0.4 < scale.brightness(-15) < 0.8


def test_rumble_does_not_darken_what_is_above_it() -> None:
    rows = [[-80.0] * 40 for _ in range(16)]
    rows[4][7] = -50.0
    rows[-1] = [-10.0] * 40
    scale = choose_scale(Spectrogram(rows, 24_000, 3))
    assert scale.brightness(-50) > 0.8
