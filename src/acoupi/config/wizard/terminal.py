"""Reading and writing lines at a terminal, or a pipe in its place."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import Any

import click

__all__ = ["complain", "is_interactive", "paragraph", "read", "say", "styled", "width", "wrapped"]

WIDEST = 80
INDENT = "  "


def is_interactive() -> bool:
    """Tell whether somebody may be sitting there."""
    return sys.stdin.isatty()


def width() -> int:
    """Return how many columns a line may have."""
    return max(20, min(shutil.get_terminal_size().columns, WIDEST)) - 1


def wrapped(
    text: str, indent: str = INDENT, hanging: str | None = None, columns: int | None = None
) -> list[str]:
    """Return a text as lines that fit."""
    return textwrap.wrap(
        text,
        columns or width(),
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_on_hyphens=False,
    )


def styled(text: str, **style: Any) -> str:
    """Return a text in colour, unless colour was asked to stay away.

    Click takes it away again where there is no terminal.
    """
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else click.style(text, **style)


def say(text: str = "", **style: Any) -> None:
    """Write a line."""
    click.echo(styled(text.encode("utf-8", "backslashreplace").decode(), **style), err=True)


def paragraph(text: str, **style: Any) -> None:
    """Write a text that may need several lines."""
    for line in wrapped(text):
        say(line, **style)


def complain(lines: Iterable[str]) -> None:
    """Say what is wrong."""
    for line in lines:
        for part in wrapped(line, hanging=INDENT * 2):
            say(part, fg="red")


def read(question: str, is_secret: bool = False) -> str:
    """Ask, and return the line that was typed.

    Raises
    ------
    click.Abort
        If it was Ctrl-C, or the input has ended.
    """
    text = click.prompt(
        question,
        default="",
        show_default=False,
        prompt_suffix=" ",
        type=str,
        hide_input=is_secret and is_interactive(),
        err=True,
    )
    if not is_interactive():
        say()  # nobody pressed Enter where it would be seen
    return text if is_secret else text.strip()
