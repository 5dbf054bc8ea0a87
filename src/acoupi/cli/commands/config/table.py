"""Tables of fields that fit the terminal."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from acoupi.cli.render import on_terminal, result
from acoupi.config.defaults import default_values
from acoupi.config.documents import dump
from acoupi.config.fields import Leaf, walk
from acoupi.config.flat import ABSENT, flatten, same, shown_values
from acoupi.config.secrets import MASK
from acoupi.config.values import Json

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console

__all__ = ["FieldRow", "field_rows", "print_rows", "print_table"]

NARROW = 60
"""A terminal of fewer columns has no room for two beside each other."""


@dataclass(frozen=True)
class FieldRow:
    """A field as it may be shown."""

    field: str
    value: Json
    default: Json
    """``ABSENT`` where there is none."""
    differs: bool

    def document(self) -> dict[str, Json]:
        """Return it as JSON values; what has no default is without one."""
        own: dict[str, Json] = {"field": self.field, "value": self.value}
        if self.default is not ABSENT:
            own["default"] = self.default
        return {**own, "differs": self.differs}


def field_rows(config: "BaseModel") -> list[FieldRow]:
    """Return all fields in the order of the schema."""
    section = walk(type(config))
    defaults, shown = default_values(config), shown_values(config)
    secret = {n.name for n in section.nodes() if isinstance(n, Leaf) and n.is_secret}
    return [
        FieldRow(
            name,
            shown[name],
            MASK if name in secret and defaults.get(name) else defaults.get(name, ABSENT),
            not same(value, defaults.get(name, ABSENT)),
        )
        for name, value in flatten(section, dump(config)).items()
    ]


def print_rows(rows: Iterable[FieldRow]) -> None:
    """Print fields and their values, a star at those that are not as by default."""
    marked = [("*" if r.differs else " ", r.field, _text(r.value)) for r in rows]
    styles = ["bold" if mark == "*" else "" for mark, _, _ in marked]
    if not on_terminal() or shutil.get_terminal_size().columns >= NARROW:
        print_table(("", "FIELD", "VALUE"), marked, styles)
        return
    console = _console()
    for (mark, field, value), style in zip(marked, styles, strict=True):
        console.print(f"{mark} {field}\n    {value}", style=style, overflow="fold")


def print_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], styles: Sequence[str] = ()
) -> None:
    """Print a table; what is long is folded on a terminal, and whole in a pipe, for ``grep``."""
    if not on_terminal():
        for line in _plain_lines(head, rows):
            result(line)
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in head:
        table.add_column(name, overflow="fold")
    for n, row in enumerate(rows):
        table.add_row(*row, style=styles[n] if styles else "")
    _console().print(table)


def _plain_lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a line for each row; only the last column may be of any width."""
    whole = [head, *rows]
    widths = [max(len(row[n]) for row in whole) for n in range(len(head) - 1)]
    for row in whole:
        cells = [f"{cell:<{width}}" for cell, width in zip(row, [*widths, 0], strict=True)]
        yield "  ".join(cells).rstrip()


def _console() -> "Console":
    from rich.console import Console

    # Rich would still write bold and dim, which are no colours.
    colours = None if os.environ.get("NO_COLOR") else "auto"
    return Console(highlight=False, markup=False, emoji=False, color_system=colours)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
