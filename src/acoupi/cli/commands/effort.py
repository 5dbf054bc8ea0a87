"""``acoupi effort``."""

from typing import TYPE_CHECKING

import click

from acoupi.cli.base import HomeCommand
from acoupi.cli.filters import chosen_format, parse_instant
from acoupi.cli.render import note, result, width

if TYPE_CHECKING:
    from acoupi.system import Settings
    from acoupi.system.effort import Unit

__all__ = ["effort"]


@click.command(
    cls=HomeCommand,
    examples=(
        "acoupi effort",
        "acoupi effort --since 1d --by hour",
        "acoupi effort --deployment meadow --csv > meadow.csv",
    ),
)
@click.option("--deployment", metavar="NAME", help="With this name or id.  [default: the newest]")
@click.option("--microphone", metavar="NAME", help="Of several, this one.")
@click.option("--since", metavar="TIME", help="From then on: 2026-05-01, or 2h for ago.")
@click.option("--until", metavar="TIME", help="Up to, and without, then.")
@click.option(
    "--by", "unit", type=click.Choice(["day", "hour"]), default="day", show_default=True,
    help="What each bar stands for.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.pass_obj
def effort(
    settings: "Settings",
    deployment: str | None,
    microphone: str | None,
    since: str | None,
    until: str | None,
    unit: "Unit",
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show what a deployment did with its time, recorded or not.

    Every second is recorded, unheard (recorded, and not analysed), paused
    between recordings, not scheduled, refused by a condition, lost to overload,
    dropped samples or a fault, or the sensor was down. Of several microphones,
    each has an account of its own. Times are the program's.
    """
    from acoupi._clock import utc_now
    from acoupi.cli.ink import find_ink
    from acoupi.cli.render_effort import effort_lines, write_effort_csv, write_effort_json
    from acoupi.components.stores.sqlite.effort import read_effort
    from acoupi.system.effort import account_for
    from acoupi.system.places import find_places
    from acoupi.system.stores import current_metadata

    how = chosen_format(as_json, as_csv)
    places, now = find_places(settings), utc_now()
    first = parse_instant(since, "--since", places.zone, now)
    last = parse_instant(until, "--until", places.zone, now)
    db_path, _ = current_metadata(settings, places, note)
    accounts = [
        account_for(noted, now, places.zone, unit, first, last)
        for noted in read_effort(db_path, deployment, first, last)
        if microphone in (None, noted.microphone)
    ]
    found = [account for account in accounts if account is not None]
    if how == "json":
        write_effort_json(found, places.zone)
    elif how == "csv":
        write_effort_csv(found, places.zone)
    elif not found:
        note("nothing found")
    else:
        texts = (effort_lines(each, places.zone, unit, width(), find_ink()) for each in found)
        result("\n\n".join("\n".join(lines) for lines in texts))
