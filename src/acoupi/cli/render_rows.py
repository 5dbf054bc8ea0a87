"""Rows of a label and a text, folded to the width there is; drawn without any library."""

import textwrap
from collections.abc import Sequence

import click

from acoupi.cli.render import NARROW

__all__ = ["Row", "row_lines", "tinted"]

Row = tuple[str, str]

COLOURS = {
    "green": ("ok", "active", "available"),
    "yellow": ("late", "warning"),
    "red": ("error", "failed", "unhealthy", "notok", "silent"),
}


def row_lines(rows: Sequence[Row], columns: int) -> list[str]:
    """Return the lines of a table of labels and texts.

    In a narrow place the texts stand below their labels if they do not fit
    beside them.
    """
    label_width = max((len(label) for label, _ in rows), default=0) + 2
    lines: list[str] = []
    for label, text in rows:
        if columns < NARROW and label_width + len(text) > columns:
            lines += [label, *_folded(text, columns, 2)]
        else:
            folded = _folded(text, columns, label_width)
            folded[0] = f"{label:<{label_width}}{folded[0].lstrip()}"
            lines += _tinted_line(folded, text)
    return lines


def tinted(word: str) -> str:
    """Colour a word by what it means, if it is one that means something."""
    colour = next((name for name, words in COLOURS.items() if word in words), None)
    return click.style(word, fg=colour) if colour else word


def _tinted_line(folded: list[str], text: str) -> list[str]:
    return [
        line.removesuffix(text) + tinted(text) if len(folded) == 1 else line for line in folded
    ]


def _folded(text: str, columns: int, indent: int) -> list[str]:
    margin = " " * indent
    width = max(20, columns)
    return textwrap.wrap(
        text, width, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False
    ) or [margin]
