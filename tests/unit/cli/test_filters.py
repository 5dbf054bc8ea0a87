import datetime as dt
from zoneinfo import ZoneInfo

import click
import pytest
from hypothesis import given, strategies as st

from acoupi.cli.filters import chosen_format, parse_instant

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
LIMA = ZoneInfo("America/Lima")


def parsed(text: str | None) -> dt.datetime | None:
    return parse_instant(text, "--since", LIMA, NOW)


@pytest.mark.parametrize(
    ("text", "hours"), [("2h", 2), ("30min", 0.5), ("90 m", 1.5), ("1.5d", 36), ("1w", 168)]
)
def test_a_span_is_so_long_ago(text: str, hours: float) -> None:
    assert parsed(text) == NOW - dt.timedelta(hours=hours)


def test_an_instant_is_in_the_program_s_zone_unless_it_names_one() -> None:
    assert parsed("2026-05-01") == dt.datetime(2026, 5, 1, tzinfo=LIMA)
    assert parsed("2026-05-01T06:00+02:00") == NOW - dt.timedelta(hours=8)
    assert parsed(None) is None


@given(st.text())
def test_whatever_is_written_is_an_aware_instant_or_a_wrong_call(text: str) -> None:
    try:
        found = parsed(text)
    except click.BadParameter:
        return
    assert found is not None
    assert found.tzinfo is not None


@pytest.mark.parametrize("text", ["", "yesterday", "-2h", "9" * 30 + "w"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        parsed(text)


def test_two_formats_at_once_are_a_wrong_call() -> None:
    pairs = [(False, False), (True, False), (False, True)]
    assert [chosen_format(*pair) for pair in pairs] == ["table", "json", "csv"]
    with pytest.raises(click.UsageError):
        chosen_format(True, True)
