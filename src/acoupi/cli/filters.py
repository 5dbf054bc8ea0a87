"""What commands that list things have in common: their options, and the instants in them."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, Literal, TypeVar

import click

__all__ = ["TABLE_LIMIT", "Format", "chosen_format", "listing_options", "parse_instant"]

Format = Literal["table", "json", "csv"]
F = TypeVar("F", bound=Callable[..., Any])

TABLE_LIMIT = 20
"""How many rows a table has if nobody says; JSON and CSV are for programs and have all."""

AGO = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d|w)")
UNIT_S = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def listing_options(function: F) -> F:
    """Add the options of a command that lists what is in a store."""
    for option in reversed(
        [
            click.option(
                "--since", metavar="TIME", help="From then on: 2026-05-01, or 2h for ago."
            ),
            click.option("--until", metavar="TIME", help="Up to, and without, then."),
            click.option(
                "--limit",
                type=click.IntRange(min=1),
                metavar="N",
                help=f"The newest N. [default: {TABLE_LIMIT} in a table, otherwise all]",
            ),
            click.option("--json", "as_json", is_flag=True, help="Print a JSON list."),
            click.option("--csv", "as_csv", is_flag=True, help="Print CSV."),
        ]
    ):
        function = option(function)
    return function


def chosen_format(as_json: bool, as_csv: bool) -> Format:
    """Return which of the formats was asked for."""
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    return "json" if as_json else "csv" if as_csv else "table"


def parse_instant(
    text: str | None, option: str, zone: dt.tzinfo, now: dt.datetime
) -> dt.datetime | None:
    """Read an instant, in the program's zone unless it names one; ``2h`` is two hours ago."""
    if text is None:
        return None
    if ago := AGO.fullmatch(text.strip()):
        return _before(now, float(ago[1]) * UNIT_S[ago[2]], option)
    try:
        instant = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no time; write 2026-05-01, 2026-05-01T06:00, or 30min, 2h, 7d for ago",
            param_hint=f"'{option}'",
        ) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=zone)


def _before(now: dt.datetime, seconds: float, option: str) -> dt.datetime:
    try:
        return now - dt.timedelta(seconds=seconds)
    except OverflowError:
        raise click.BadParameter("is before all time", param_hint=f"'{option}'") from None
