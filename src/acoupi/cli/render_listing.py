"""Lists of any length, written as they come: a table, JSON or CSV."""

import csv
import dataclasses
import datetime as dt
import io
import json
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import click

from acoupi.cli.filters import Format
from acoupi.cli.render import NARROW, note, result, room

__all__ = ["Column", "Listing", "clock_text", "write_listing"]

T = TypeVar("T")
MARGIN = "  "
BESIDE = 120
"""From this width on, the last column stands beside the others."""


@dataclass(frozen=True)
class Column(Generic[T]):
    """A column of a table."""

    heading: str
    show: Callable[[T], str]
    width: int
    right: bool = False
    in_narrow: bool = True

    def cell(self, text: str) -> str:
        """Fill a text up to the column's width."""
        return f"{text:>{self.width}}" if self.right else f"{text:<{self.width}}"


@dataclass(frozen=True)
class Listing(Generic[T]):
    """How things of one kind are shown."""

    columns: Sequence[Column[T]]
    last: Callable[[T], str | Path]
    """What may be of any length: it is folded, and a path that has no room is the file's name."""

    last_heading: str
    zone: dt.tzinfo
    kind: type
    """The dataclass of the things, whose fields head CSV also if there are none."""

    in_groups: bool = False
    """Whether many in a row have the same; where it has no room beside them it heads them."""


def write_listing(lines: Iterable[T], listing: Listing[T], how: Format) -> None:
    """Write things, one at a time."""
    writers = {"table": _write_table, "json": _write_json, "csv": _write_csv}
    writers[how](lines, listing)


def clock_text(instant: dt.datetime, zone: dt.tzinfo) -> str:
    """Show an instant as the clock on the wall."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _write_table(lines: Iterable[Any], listing: Listing[Any]) -> None:
    columns = room()
    shown = [c for c in listing.columns if c.in_narrow or columns >= NARROW]
    beside = columns >= BESIDE
    heads = MARGIN.join(column.cell(column.heading) for column in shown)
    write_row = _row_writer(beside, listing.in_groups, columns)
    found = False
    for line in lines:
        if not found:
            _write_row(heads, listing.last_heading if beside else "", beside, columns)
            found = True
        cells = MARGIN.join(column.cell(column.show(line)) for column in shown)
        write_row(cells, listing.last(line))
    if not found:
        note("nothing found")


def _row_writer(beside: bool, in_groups: bool, columns: int) -> Callable[[str, str | Path], None]:
    """Choose where what is last in a row goes."""
    if in_groups and not beside:
        return _GroupWriter(columns)
    return lambda cells, last: _write_row(cells, last, beside, columns)


def _write_row(cells: str, last: str | Path, beside: bool, columns: int) -> None:
    """Write what is last beside the others, or below them if it is to, or has no room there."""
    left = columns - len(cells) - len(MARGIN)
    text = _shown(last, left)
    if beside and max(map(len, text.split()), default=0) <= left:
        indent = f"{cells}{MARGIN}"
        lines = _fold(text, columns, indent, " " * len(indent)) or [cells.rstrip()]
    else:
        below = _shown(last, columns - len(MARGIN))
        lines = [*_fold(cells, columns, "", MARGIN), *_fold(below, columns, MARGIN, MARGIN)]
    for line in lines:
        result(line)


def _shown(last: str | Path, columns: int) -> str:
    text = str(last)
    return last.name if isinstance(last, Path) and len(text) > columns else text


def _fold(text: str, columns: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, columns, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


class _GroupWriter:
    """Writes what is last once above all rows that have the same."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._heading: str | Path = ""

    def __call__(self, cells: str, last: str | Path) -> None:
        if last != self._heading:
            self._heading = last
            for line in _fold(str(last), self._columns, "", ""):
                result(line)
        for line in _fold(cells, self._columns, "", MARGIN):
            result(line)


def _write_json(lines: Iterable[Any], listing: Listing[Any]) -> None:
    before = "["
    for line in lines:
        click.echo(before)
        click.echo(json.dumps(_document(line, listing.zone), ensure_ascii=False), nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


def _write_csv(lines: Iterable[Any], listing: Listing[Any]) -> None:
    heading = _csv_line(field.name for field in dataclasses.fields(listing.kind))
    for line in lines:
        if heading:
            result(heading)
            heading = ""
        result(_csv_line(map(_flat, _document(line, listing.zone).values())))
    if heading:
        result(heading)


def _csv_line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _document(line: Any, zone: dt.tzinfo) -> dict[str, object]:
    fields = (field.name for field in dataclasses.fields(line))
    return {name: _plain(getattr(line, name), zone) for name in fields}


def _plain(value: object, zone: dt.tzinfo) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(zone).isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is None or isinstance(value, str | float | int | list):
        return cast("object", value)
    return str(value)


def _flat(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
