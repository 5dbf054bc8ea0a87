"""``acoupi config history`` and ``undo``."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import click

from acoupi.cli.base import Command, HomeCommand
from acoupi.cli.commands.config.common import apply_option, json_option, schema_of, tell
from acoupi.cli.render import note, result_json

if TYPE_CHECKING:
    from pydantic import BaseModel

    from acoupi.config.flat import FieldChange
    from acoupi.system import Settings
    from acoupi.system.config_history import Entry

__all__ = ["history", "undo"]


@click.command(
    "history",
    cls=HomeCommand,
    examples=("acoupi config history", "acoupi config history --json"),
)
@json_option
@click.pass_obj
def history(settings: "Settings", as_json: bool) -> None:
    """List every change of the configuration, the latest last.

    The last 100 are kept. acoupi config diff NUMBER shows what is different
    now, acoupi config undo --to NUMBER brings that state back.
    """
    from acoupi.cli.commands.config.table import print_table
    from acoupi.system.config_history import read_history

    entries = read_history(settings)
    changes = list(_changes(entries, schema_of(settings)))
    if as_json:
        result_json([_document(e, c) for e, c in zip(entries, changes, strict=True)])
    elif entries:
        rows = [_row(e, c) for e, c in zip(entries, changes, strict=True)]
        print_table(("NO", "MADE", "BY", "FIELDS"), rows)
    else:
        note("nothing has been changed yet")


@click.command(
    "undo",
    cls=Command,
    examples=("acoupi config undo", "acoupi config undo 3", "acoupi config undo --to 12"),
)
@click.argument("changes", type=click.IntRange(1), default=1)
@click.option(
    "--to", "number", type=click.IntRange(1), help="The entry of the history to return to."
)
@apply_option
def undo(changes: int, number: int | None, is_applied: bool) -> None:
    """Take the last change back, or the last CHANGES.

    It works on a file that is broken, too: that one is kept beside it with
    .bak at its name. Undoing is a change as well, and can be undone with --to.
    """
    from acoupi.system.config_undo import undo_config

    settings = _home()
    tell(settings, undo_config(settings, schema_of(settings), changes, number), is_applied)


def _home() -> "Settings":
    """Return the settings of a home with a program, even if its configuration is gone."""
    from acoupi.cli.home import load_settings, require_home

    settings = load_settings()
    return settings if settings.program_name_file.is_file() else require_home()


def _changes(
    entries: "list[Entry]", schema: "type[BaseModel]"
) -> "Iterator[list[FieldChange] | None]":
    """Yield what each entry changed; None where that cannot be told."""
    from acoupi.config.flat import field_changes

    if entries:
        yield None
    for before, after in pairwise(_config(entry, schema) for entry in entries):
        yield field_changes(before, after) if before and after else None


def _config(entry: "Entry", schema: "type[BaseModel]") -> "BaseModel | None":
    from acoupi.errors import ConfigurationError
    from acoupi.system.config_undo import read_entry

    try:
        return read_entry(entry, schema)
    except ConfigurationError:  # of another program, or changed by hand to nonsense
        return None


def _row(entry: "Entry", changes: "list[FieldChange] | None") -> tuple[str, str, str, str]:
    made = entry.made_on.astimezone().strftime("%Y-%m-%d %H:%M")
    names = [change.field for change in changes or []]
    fields = ", ".join(names) if len(names) <= 3 else f"{len(names)} fields"
    return str(entry.number), made, entry.command, fields


def _document(entry: "Entry", changes: "list[FieldChange] | None") -> dict[str, object]:
    told = None if changes is None else [change.document() for change in changes]
    return {**entry.model_dump(mode="json", exclude={"config"}), "changes": told}
