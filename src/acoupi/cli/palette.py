"""Brightness as a colour or as a character."""

from bisect import bisect
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from acoupi.cli.ink import Colours, Ink

__all__ = ["ASCII_RAMP", "SHADES", "Rgb", "cell_colour", "colour_code", "shade"]

Rgb = tuple[int, int, int]

ASCII_RAMP = " .:-=+*#%@"
SHADES = " ░▒▓█"
STEPS = 48
"""Colours that are told apart; with more there would be more to send to the terminal."""

# From night to light, ever brighter, so that it can be read without seeing colours.
GLOW: Sequence[Rgb] = (
    *((2, 2, 12), (30, 12, 72), (85, 15, 109), (136, 34, 106), (186, 54, 85)),
    *((227, 89, 51), (249, 140, 10), (249, 201, 50), (252, 255, 190)),
)
CUBE = (0, 95, 135, 175, 215, 255)


def shade(brightness: float, ink: Ink) -> str:
    """Return a character that fills its place as much as 0 to 1 says."""
    ramp = SHADES if ink.is_unicode else ASCII_RAMP
    return ramp[round(_within(brightness) * (len(ramp) - 1))]


def cell_colour(brightness: float) -> Rgb:
    """Return the colour of a brightness from 0 to 1."""
    return _mixed(round(_within(brightness) * STEPS))


def colour_code(colour: Rgb, colours: Colours) -> str:
    """Return the end of an escape sequence that stands for a colour."""
    if colours is Colours.ALL:
        return ";".join(map(str, (2, *colour)))
    return f"5;{_nearest(colour)}"


@lru_cache
def _mixed(step: int) -> Rgb:
    place = step / STEPS * (len(GLOW) - 1)
    index = min(int(place), len(GLOW) - 2)
    share = place - index
    red, green, blue = (
        round(a + share * (b - a)) for a, b in zip(GLOW[index], GLOW[index + 1], strict=True)
    )
    return red, green, blue


@lru_cache
def _nearest(colour: Rgb) -> int:
    """Return the number of the nearest of the 216 colours that every such terminal has."""
    red, green, blue = (_nearest_level(part) for part in colour)
    return 16 + 36 * red + 6 * green + blue


def _nearest_level(part: int) -> int:
    middles = [(low + high) / 2 for low, high in pairwise(CUBE)]
    return bisect(middles, part)


def _within(brightness: float) -> float:
    return min(1.0, max(0.0, brightness))
