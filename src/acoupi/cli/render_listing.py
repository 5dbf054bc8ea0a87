"""Lists of any length, written as they come: a table, JSON or CSV."""

import csv
import dataclasses
import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import click

from acoupi.cli.filters import Format
from acoupi.cli.render import NARROW, PIPE_WIDTH, note, on_terminal, result, width

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
    last: Callable[[T], str]
    """What may be of any length, and is never cut: a path can be copied."""

    last_heading: str
    zone: dt.tzinfo
    in_groups: bool = False
    """Whether many in a row have the same; where it has no room beside them it heads them."""

    kind: type | None = None
    """The dataclass of the things; if it is known, CSV without any has its heading."""


def write_listing(lines: Iterable[T], listing: Listing[T], how: Format) -> None:
    """Write things, one at a time."""
    writers = {"table": _write_table, "json": _write_json, "csv": _write_csv}
    writers[how](lines, listing)


def clock_text(instant: dt.datetime, zone: dt.tzinfo) -> str:
    """Show an instant as the clock on the wall."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _write_table(lines: Iterable[Any], listing: Listing[Any]) -> None:
    columns = width() if on_terminal() else None
    shown = [c for c in listing.columns if c.in_narrow or columns is None or columns >= NARROW]
    beside = columns is None or columns >= BESIDE
    heads = MARGIN.join(column.cell(column.heading) for column in shown)
    write_row = _row_writer(beside, listing.in_groups, columns)
    found = False
    for line in lines:
        if not found:
            result(f"{heads}{MARGIN}{listing.last_heading}" if beside else heads.rstrip())
            found = True
        cells = MARGIN.join(column.cell(column.show(line)) for column in shown)
        write_row(cells.rstrip() if not beside else cells, listing.last(line))
    if not found:
        note("nothing found")


def _row_writer(beside: bool, in_groups: bool, columns: int | None) -> Callable[[str, str], None]:
    """Choose where what is last in a row goes."""
    if beside:
        return lambda cells, last: result(f"{cells}{MARGIN}{last}".rstrip())
    return _GroupWriter(columns or PIPE_WIDTH) if in_groups else _write_below


def _write_below(cells: str, last: str) -> None:
    result(cells)
    if last:
        result(f"{MARGIN}{last}")


class _GroupWriter:
    """Writes what is last once above all rows that have the same, and cuts these to one line."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._heading = ""

    def __call__(self, cells: str, last: str) -> None:
        if last != self._heading:
            self._heading = last
            result(last)
        result(cells if len(cells) <= self._columns else f"{cells[: self._columns - 1]}…")


def _write_json(lines: Iterable[Any], listing: Listing[Any]) -> None:
    before = "["
    for line in lines:
        click.echo(before)
        click.echo(json.dumps(_document(line, listing.zone), ensure_ascii=False), nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


def _write_csv(lines: Iterable[Any], listing: Listing[Any]) -> None:
    headed = False
    for line in lines:
        document = _document(line, listing.zone)
        if not headed:
            result(_csv_line(document))
            headed = True
        result(_csv_line([_flat(value) for value in document.values()]))
    if not headed and listing.kind is not None:
        result(_csv_line(field.name for field in dataclasses.fields(listing.kind)))


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
