"""What a terminal can show: how many colours, and which characters."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from acoupi.cli.render import on_terminal

__all__ = ["Colours", "Ink", "choose_ink", "find_ink"]

TRUE = ("truecolor", "24bit")
UTF8 = ("utf-8", "utf8")


class Colours(IntEnum):
    """How many colours there are."""

    NONE = 1
    FEW = 16
    MANY = 256
    ALL = 1 << 24


@dataclass(frozen=True)
class Ink:
    """What to draw with."""

    colours: Colours = Colours.NONE
    is_unicode: bool = False


def find_ink() -> Ink:
    """Return what the terminal of this command can show."""
    return choose_ink(os.environ, on_terminal(), sys.stdout.encoding or "")


def choose_ink(environment: Mapping[str, str], is_terminal: bool, encoding: str) -> Ink:
    """Return what to draw with, as the environment says it; NO_COLOR wins."""
    return Ink(_colours(environment, is_terminal), _is_unicode(environment, encoding))


def _colours(environment: Mapping[str, str], is_terminal: bool) -> Colours:
    term = environment.get("TERM", "")
    if not is_terminal or environment.get("NO_COLOR") or term in ("", "dumb"):
        return Colours.NONE
    if environment.get("COLORTERM", "").lower() in TRUE or term.endswith("-direct"):
        return Colours.ALL
    return Colours.MANY if "256" in term else Colours.FEW


def _is_unicode(environment: Mapping[str, str], encoding: str) -> bool:
    """Tell whether blocks can be shown: Python writes UTF-8 even where the locale is C."""
    names = (environment.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next(filter(None, names), encoding).lower()
    return encoding.lower() in UTF8 and locale.endswith(UTF8)
