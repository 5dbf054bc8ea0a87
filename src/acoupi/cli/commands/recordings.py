"""``acoupi recordings``."""

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID

import click

from acoupi.cli.base import HomeCommand, HomeGroup, by_itself
from acoupi.cli.filters import TABLE_LIMIT, chosen_format, listing_options, parse_instant
from acoupi.cli.render import counted, note
from acoupi.cli.retrying import retry_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from acoupi.cli.render_listing import Listing
    from acoupi.components.stores.sqlite.listing import RecordingLine, RecordingState
    from acoupi.system import Settings

__all__ = ["recordings"]

STATES = ["kept", "waiting", "let-go", "failed", "unheard", "lost"]


@click.group(
    cls=HomeGroup,
    examples=(
        "acoupi recordings --since 2h",
        "acoupi recordings --state failed",
        "acoupi recordings retry --all",
        "acoupi recordings --deployment meadow --csv > meadow.csv",
    ),
)
@click.option("--state", type=click.Choice(STATES), help="What became of them.")
@click.option("--deployment", metavar="NAME", help="Of the deployment with this name or id.")
@click.option("--microphone", metavar="NAME", help="Of several, this one.")
@listing_options
@by_itself
def recordings(
    settings: "Settings",
    state: "RecordingState | None",
    deployment: str | None,
    microphone: str | None,
    since: str | None,
    until: str | None,
    limit: int | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """List recordings and what became of them, the newest last.

    A recording is kept, waiting until it is decided, let go, failed: then a
    model gave it up, and the reason is shown; unheard: the sensor did not keep
    up; or lost: its file is gone. Times are the program's.
    """
    from acoupi._clock import utc_now
    from acoupi.cli.render_listing import write_listing
    from acoupi.components.stores.sqlite.listing import Selection, list_recordings
    from acoupi.components.stores.sqlite.microphones import find_microphones
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
    db_path, waiting_dir = current_metadata(settings, places, note)
    found = list_recordings(db_path, waiting_dir, selection, state)
    write_listing(found, _listing(places.zone, find_microphones(db_path)), how)


@recordings.command(
    cls=HomeCommand,
    examples=(
        "acoupi recordings retry --all",
        "acoupi recordings retry 0a3f7d52-9a51-4c0e-9a57-8f2f1f6f1c11",
    ),
)
@retry_options(UUID)
@click.pass_obj
def retry(settings: "Settings", ids: "Sequence[UUID] | None") -> None:
    """Process recordings again that a model failed on, or that were left unheard.

    They begin with all their attempts; a sensor that does not run begins when
    it is started. Ids are in acoupi recordings --state failed --json, and with
    --state unheard.
    """
    from acoupi.system.retrying import retry_recordings

    note(f"{counted(retry_recordings(settings, ids), 'recording')} to be processed again")


def _listing(zone: dt.tzinfo, microphones: "Sequence[str]") -> "Listing[RecordingLine]":
    from acoupi.cli.render_listing import Column, Listing, clock_text
    from acoupi.components.stores.sqlite.listing import RecordingLine

    longest = max(map(len, ["microphone", *microphones]))
    which: list[Column[RecordingLine]] = [
        Column("microphone", lambda line: line.microphone, longest)
    ]
    return Listing(
        [
            Column("recorded", lambda line: clock_text(line.recorded_on, zone), 19),
            Column("state", lambda line: line.state, 7),
            Column("length", lambda line: f"{line.duration_s:.3g} s", 7, right=True),
            Column(
                "rate", lambda line: f"{line.samplerate_hz / 1000:g} kHz", 9, True, in_narrow=False
            ),
            *(which if len(microphones) > 1 else ()),
            Column("deployment", lambda line: line.deployment, 16, in_narrow=False),
        ],
        lambda line: line.reason or line.path or "",
        "file, or why it failed",
        zone,
        RecordingLine,
    )
