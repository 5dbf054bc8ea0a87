"""Lines for people that fit their terminal."""

import shutil
import sys
import textwrap

from acoupi.cli.render import note

__all__ = ["tell"]


def tell(text: str) -> None:
    """Say something; at a terminal, on as many lines as it takes.

    Words, and so paths, stay whole.
    """
    if not sys.stderr.isatty():
        note(text)
        return
    indent = " " * (len(text) - len(text.lstrip()))
    lines = textwrap.wrap(
        text.strip(),
        max(20, shutil.get_terminal_size().columns - 1),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        note(line)
