import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from acoupi.cli.render_listing import Column, Listing, clock_text, write_listing

LIMA = ZoneInfo("America/Lima")
NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Line:
    on: dt.datetime
    tags: list[tuple[str, str, float]]
    content: str | bytes
    path: Path | None


LISTING: Listing[Line] = Listing(
    [
        Column("on", lambda line: clock_text(line.on, LIMA), 19),
        Column("tags", lambda line: str(len(line.tags)), 4, right=True, in_narrow=False),
    ],
    lambda line: line.path or "",
    "path",
    LIMA,
    Line,
)
LINES = [
    Line(NOON, [("species", "Parus, major", 0.5)], 'says "a"\n', Path("/a b.wav")),
    Line(NOON, [], b"\xff", None),
]


def test_json_is_one_list_with_instants_in_the_zone(capsys: pytest.CaptureFixture[str]) -> None:
    write_listing(LINES, LISTING, "json")
    first, second = json.loads(capsys.readouterr().out)
    assert first["on"] == "2026-05-01T07:00:00-05:00"
    assert first["tags"] == [["species", "Parus, major", 0.5]]
    assert (second["content"], second["path"]) == ("�", None)


def test_an_empty_list_is_still_json(capsys: pytest.CaptureFixture[str]) -> None:
    write_listing([], LISTING, "json")
    assert json.loads(capsys.readouterr().out) == []


def test_csv_has_a_header_and_can_be_read_back(capsys: pytest.CaptureFixture[str]) -> None:
    write_listing(LINES, LISTING, "csv")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows[0]["content"] == 'says "a"\n'
    assert json.loads(rows[0]["tags"]) == [["species", "Parus, major", 0.5]]


def test_in_a_pipe_a_row_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    write_listing(LINES, LISTING, "table")
    assert capsys.readouterr().out.splitlines()[1] == "2026-05-01 07:00:00     1  /a b.wav"


@pytest.mark.parametrize(("columns", "cells"), [(40, ""), (80, "     1")])
def test_on_a_terminal_what_is_long_stands_below(
    columns: int, cells: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("acoupi.cli.render_listing.room", lambda: columns)
    write_listing(LINES[:1], LISTING, "table")
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"2026-05-01 07:00:00{cells}",
        "  /a b.wav",
    ]


def test_what_many_rows_share_stands_once_above_them_and_nothing_is_cut(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("acoupi.cli.render_listing.room", lambda: 24)
    columns = [Column[Line]("content", lambda line: str(line.content), 12)]
    listing = Listing(columns, lambda line: str(line.path), "path", LIMA, Line, in_groups=True)
    lines = [
        Line(NOON, [], content, Path(path))
        for content, path in [
            ("short", "/a"),
            ("just as long as possible", "/a"),
            ("just longer than possible", "/a"),
            ("short", "/b"),
        ]
    ]
    write_listing(lines, listing, "table")
    assert capsys.readouterr().out.splitlines()[1:] == [
        "/a",
        "short",
        "just as long as possible",
        "just longer than",
        "  possible",
        "/b",
        "short",
    ]


@pytest.mark.parametrize("how", ["table", "json", "csv"])
def test_rows_are_written_as_they_come(how: str, capsys: pytest.CaptureFixture[str]) -> None:
    written: list[int] = []

    def lines() -> Iterator[Line]:
        for _ in range(3):
            written.append(len(capsys.readouterr().out))
            yield LINES[0]

    write_listing(lines(), LISTING, how)  # pyright: ignore[reportArgumentType]
    assert all(written[1:])


def test_nothing_found_is_said_beside_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    write_listing([], LISTING, "table")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "nothing found\n")
