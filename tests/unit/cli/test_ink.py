"""What a terminal can show."""

import pytest

from acoupi.cli.ink import Colours, Ink, choose_ink
from acoupi.cli.palette import ASCII_RAMP, SHADES, cell_colour, colour_code, shade

UTF8 = {"LANG": "de_DE.UTF-8"}
XTERM = UTF8 | {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        (XTERM | {"COLORTERM": "truecolor"}, Colours.ALL),
        (XTERM | {"COLORTERM": "24bit"}, Colours.ALL),
        (XTERM | {"TERM": "xterm-direct"}, Colours.ALL),
        (XTERM, Colours.MANY),
        (XTERM | {"TERM": "linux"}, Colours.FEW),
        (XTERM | {"TERM": "dumb"}, Colours.NONE),
        (XTERM | {"COLORTERM": "truecolor", "NO_COLOR": "1"}, Colours.NONE),
        (XTERM | {"NO_COLOR": ""}, Colours.MANY),
        (UTF8, Colours.NONE),
    ],
)
def test_there_are_as_many_colours_as_the_environment_says(
    environment: dict[str, str], colours: Colours
) -> None:
    assert choose_ink(environment, True, "utf-8") == Ink(colours, is_unicode=True)


def test_what_is_no_terminal_has_no_colours() -> None:
    assert choose_ink(XTERM, False, "utf-8").colours is Colours.NONE


@pytest.mark.parametrize(
    ("environment", "encoding", "is_unicode"),
    [
        ({"LANG": "en_GB.UTF-8"}, "utf-8", True),
        ({"LANG": "en_GB.utf8"}, "UTF-8", True),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, "utf-8", False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", True),
        ({"LANG": "de_DE.ISO-8859-1"}, "iso8859-1", False),
        ({}, "utf-8", True),
        ({}, "ascii", False),
    ],
)
def test_blocks_are_drawn_only_where_the_locale_has_them(
    environment: dict[str, str], encoding: str, is_unicode: bool
) -> None:
    assert choose_ink(environment, True, encoding).is_unicode is is_unicode


def test_brighter_is_brighter_in_every_ramp() -> None:
    steps = [n / 100 for n in range(101)]
    for ramp, ink in ((SHADES, Ink(is_unicode=True)), (ASCII_RAMP, Ink())):
        places = [ramp.index(shade(step, ink)) for step in steps]
        assert places == sorted(places)
        assert {*places} == {*range(len(ramp))}
    luminances = [
        0.2126 * red + 0.7152 * green + 0.0722 * blue
        for red, green, blue in map(cell_colour, steps)
    ]
    assert luminances == sorted(luminances)


@pytest.mark.parametrize("brightness", [-5.0, 1.5])
def test_what_is_beyond_the_scale_is_drawn_at_its_end(brightness: float) -> None:
    end = float(brightness > 0)
    assert cell_colour(brightness) == cell_colour(end)
    assert shade(brightness, Ink()) == shade(end, Ink())


def test_a_colour_is_written_as_the_terminal_takes_it() -> None:
    assert colour_code((255, 0, 95), Colours.ALL) == "2;255;0;95"
    assert colour_code((255, 0, 95), Colours.MANY) == f"5;{16 + 36 * 5 + 1}"
    assert colour_code((250, 20, 100), Colours.MANY) == f"5;{16 + 36 * 5 + 1}"
