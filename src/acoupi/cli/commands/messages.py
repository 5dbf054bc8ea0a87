"""``acoupi messages``."""

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID

import click

from acoupi.cli.base import HomeCommand, HomeGroup, by_itself
from acoupi.cli.filters import TABLE_LIMIT, chosen_format, listing_options, parse_instant
from acoupi.cli.render import counted, note, on_terminal
from acoupi.cli.retrying import retry_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from acoupi.cli.render_listing import Listing
    from acoupi.components.message_stores.sqlite.listing import MessageLine, MessageState
    from acoupi.system import Settings

__all__ = ["messages"]

STATES = ["waiting", "delivered", "refused"]
SHOWN_CHARACTERS = 60


@click.group(
    cls=HomeGroup,
    examples=(
        "acoupi messages --state waiting",
        "acoupi messages --since 1d --json",
        "acoupi messages retry --all",
    ),
)
@click.option("--state", type=click.Choice(STATES), help="How far they have come.")
@listing_options
@by_itself
def messages(
    settings: "Settings",
    state: "MessageState | None",
    since: str | None,
    until: str | None,
    limit: int | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """List messages and how far they have come, the newest last.

    A message is waiting, delivered by whoever has tried, or refused for good
    by a receiver: then its answer is shown. Times are the program's.
    """
    from acoupi._clock import utc_now
    from acoupi.cli.render_listing import write_listing
    from acoupi.components.message_stores.sqlite.listing import list_messages
    from acoupi.system.places import find_places
    from acoupi.system.stores import current_messages

    how = chosen_format(as_json, as_csv)
    places, now = find_places(settings), utc_now()
    found = list_messages(
        current_messages(settings, places, note),
        since=parse_instant(since, "--since", places.zone, now),
        until=parse_instant(until, "--until", places.zone, now),
        limit=limit or (TABLE_LIMIT if how == "table" else None),
        state=state,
    )
    write_listing(found, _listing(places.zone), how)


@messages.command(
    cls=HomeCommand,
    examples=(
        "acoupi messages retry --all",
        "acoupi messages retry 0a3f7d52-9a51-4c0e-9a57-8f2f1f6f1c11",
    ),
)
@retry_options(UUID)
@click.pass_obj
def retry(settings: "Settings", ids: "Sequence[UUID] | None") -> None:
    """Send messages again that were refused.

    They go with the next that are sent, to those who have not had them, and
    keep their Idempotency-Key. Ids are in acoupi messages --state refused
    --json.
    """
    from acoupi.system.retrying import retry_messages

    note(f"{counted(retry_messages(settings, ids), 'message')} to be sent again")


def _listing(zone: dt.tzinfo) -> "Listing[MessageLine]":
    from acoupi.cli.render_listing import Column, Listing, clock_text
    from acoupi.components.message_stores.sqlite.listing import MessageLine

    return Listing(
        [
            Column("created", lambda line: clock_text(line.created_on, zone), 19),
            Column("state", lambda line: line.state, 9),
            Column("tries", lambda line: str(line.attempts), 5, right=True),
            Column("type", lambda line: line.type, 16, in_narrow=False),
        ],
        lambda line: line.last_error or _shortened(line.content),
        "content, or what went wrong",
        zone,
        MessageLine,
    )


def _shortened(content: str | bytes) -> str:
    """Return one line; at a terminal the start of it, since a message may be long."""
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    line = " ".join(text.split())
    is_whole = len(line) <= SHOWN_CHARACTERS or not on_terminal()
    return line if is_whole else f"{line[: SHOWN_CHARACTERS - 1]}…"
