"""``acoupi detections``."""

import datetime as dt
from typing import TYPE_CHECKING

import click

from acoupi.cli.base import HomeCommand
from acoupi.cli.filters import TABLE_LIMIT, chosen_format, listing_options, parse_instant
from acoupi.cli.render import note

if TYPE_CHECKING:
    from acoupi.cli.render_listing import Listing
    from acoupi.components.stores.sqlite.listing import DetectionLine
    from acoupi.system import Settings

__all__ = ["detections"]


@click.command(
    cls=HomeCommand,
    examples=(
        "acoupi detections --since 1d --min-score 0.8",
        "acoupi detections --tag 'species=Turdus merula' --json",
    ),
)
@click.option("--min-score", type=click.FloatRange(0, 1), help="With at least this score.")
@click.option(
    "--tag", "tags", multiple=True, metavar="KEY=VALUE", help="With this tag; may be repeated."
)
@click.option("--model", metavar="NAME", help="Of this model.")
@click.option("--deployment", metavar="NAME", help="Of the deployment with this name or id.")
@click.option("--microphone", metavar="NAME", help="In recordings of this one of several.")
@listing_options
@click.pass_obj
def detections(
    settings: "Settings",
    min_score: float | None,
    tags: tuple[str, ...],
    model: str | None,
    deployment: str | None,
    microphone: str | None,
    since: str | None,
    until: str | None,
    limit: int | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """List what models found, the newest last.

    Times are those of the recordings, in the program's zone.
    """
    from acoupi._clock import utc_now
    from acoupi.cli.render_listing import write_listing
    from acoupi.components.stores.sqlite.listing import Selection, list_detections
    from acoupi.system.places import find_places
    from acoupi.system.stores import current_metadata

    how = chosen_format(as_json, as_csv)
    places, now = find_places(settings), utc_now()
    selection = Selection(
        since=parse_instant(since, "--since", places.zone, now),
        until=parse_instant(until, "--until", places.zone, now),
        deployment=deployment,
        microphone=microphone,
        limit=limit or (TABLE_LIMIT if how == "table" else None),
    )
    db_path, _ = current_metadata(settings, places, note)
    pairs = [_pair(tag) for tag in tags]
    found = list_detections(db_path, selection, min_score, pairs, model)
    write_listing(found, _listing(places.zone), how)


def _pair(tag: str) -> tuple[str, str]:
    key, equals, value = tag.partition("=")
    if not (key and equals):
        raise click.BadParameter(f"{tag!r} is not KEY=VALUE", param_hint="'--tag'")
    return key, value


def _listing(zone: dt.tzinfo) -> "Listing[DetectionLine]":
    from acoupi.cli.render_boxes import pitch_text, when_text
    from acoupi.cli.render_listing import Column, Listing, clock_text
    from acoupi.components.stores.sqlite.listing import DetectionLine

    def when(line: "DetectionLine") -> str:
        return when_text(line.start_s, line.end_s)

    def pitch(line: "DetectionLine") -> str:
        return pitch_text(line.low_hz, line.high_hz)

    return Listing(
        [
            Column("recorded", lambda line: clock_text(line.recorded_on, zone), 19),
            Column("score", lambda line: f"{line.score:.2f}", 5),
            Column("at", when, 13, right=True, in_narrow=False),
            Column("between", pitch, 13, right=True, in_narrow=False),
            Column("model", lambda line: line.model, 10, in_narrow=False),
        ],
        lambda line: ", ".join(f"{key} {value} {score:.2f}" for key, value, score in line.tags),
        "tags",
        zone,
        DetectionLine,
    )
