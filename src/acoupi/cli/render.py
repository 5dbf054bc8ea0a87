"""Results on stdout; everything else on stderr."""

import json
import os
import shutil
import sys

import click

__all__ = [
    "NARROW",
    "PIPE_WIDTH",
    "age",
    "counted",
    "note",
    "on_terminal",
    "result",
    "result_json",
    "room",
    "size",
    "width",
]

PIPE_WIDTH = 80
NARROW = 60
"""Below this many columns, what stands side by side elsewhere stands one below the other."""


def result(text: str) -> None:
    """Write a line of the result."""
    click.echo(text)


def note(text: str) -> None:
    """Say something to the person at the terminal."""
    click.echo(text, err=True)


def result_json(document: object, indent: int | None = 2, color: bool | None = False) -> None:
    """Write a JSON document.

    Parameters
    ----------
    document
        JSON values, or a JSON text to be written as it is.
    color
        Whether to colour it; None for on a terminal. NO_COLOR wins.
    """
    text = document if isinstance(document, str) else json.dumps(document, indent=indent)
    if not _in_colour(color):
        click.echo(text)
        return
    from rich.console import Console
    from rich.highlighter import JSONHighlighter

    console = Console(force_terminal=True)
    console.print(JSONHighlighter()(text), soft_wrap=True)


def on_terminal() -> bool:
    """Tell whether somebody reads the results as they come."""
    return sys.stdout.isatty()


def width() -> int:
    """Return how many columns there are."""
    return shutil.get_terminal_size((PIPE_WIDTH, 24)).columns if on_terminal() else PIPE_WIDTH


def room() -> int:
    """Return how many columns a line of text may have: in a pipe it stays whole, for ``grep``."""
    return width() if on_terminal() else sys.maxsize


def counted(count: int, what: str) -> str:
    """Say how many there are: ``1 recording``, ``2 recordings``."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def age(seconds: float) -> str:
    """Say how long something is, roughly, as people do."""
    for unit_s, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit_s:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def size(count: float) -> str:
    """Say how many bytes something has, roughly."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"


def _in_colour(color: bool | None) -> bool:
    return not os.environ.get("NO_COLOR") and (on_terminal() if color is None else color)
