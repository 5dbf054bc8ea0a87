"""``acoupi config get``, ``show``, ``diff`` and ``schema``."""

from typing import TYPE_CHECKING, Any, cast

import click

from acoupi.cli.base import HomeCommand
from acoupi.cli.commands.config.common import field_names, json_option, load, read_text, schema_of
from acoupi.cli.render import note, result, result_json

if TYPE_CHECKING:
    from pydantic import BaseModel

    from acoupi.config.flat import FieldChange
    from acoupi.system import Settings

__all__ = ["diff", "get", "schema", "show"]

always_json: Any = click.option(
    "--json", is_flag=True, expose_value=False, help="Print JSON, as it does anyway."
)


@click.command(
    "get",
    cls=HomeCommand,
    examples=(
        "acoupi config get",
        "acoupi config get --field recording.duration",
    ),
)
@click.option(
    "--field",
    default="",
    metavar="NAME",
    shell_complete=field_names,
    help="One field or section, by dotted name.",
)
@click.option("--color/--no-color", default=None, help="Colour the JSON. [default: on a terminal]")
@click.option(
    "--indent", type=click.IntRange(0, 16), default=4, show_default=True, help="Spaces a level."
)
@always_json
@click.pass_obj
def get(settings: "Settings", field: str, color: bool | None, indent: int) -> None:
    """Print the configuration, or one field of it, as JSON.

    Secrets are masked.
    """
    from acoupi.config import dump_config, get_config_field

    value = get_config_field(load(settings), field)
    result_json(dump_config(value, indent=indent or None), color=color)


@click.command(
    "show",
    cls=HomeCommand,
    examples=("acoupi config show", "acoupi config show --changed"),
)
@click.option("--changed", is_flag=True, help="Leave out what is as by default.")
@json_option
@click.pass_obj
def show(settings: "Settings", changed: bool, as_json: bool) -> None:
    """Show every field, and which are not as by default.

    A star marks what is not as by default. Secrets are masked.
    """
    from acoupi.cli.commands.config.table import field_rows, print_rows

    rows = [row for row in field_rows(load(settings)) if row.differs or not changed]
    if as_json:
        result_json([row.document() for row in rows])
    else:
        print_rows(rows)


@click.command(
    "diff",
    cls=HomeCommand,
    examples=(
        "acoupi config diff",
        "acoupi config diff 12             # an entry of acoupi config history",
        "acoupi config diff other.json     # what acoupi config export or get wrote",
    ),
)
@click.argument("other", required=False)
@json_option
@click.pass_obj
def diff(settings: "Settings", other: str | None, as_json: bool) -> None:
    """Show what differs from the defaults, or from OTHER.

    OTHER is a file, or the number of an entry of the history. Each line names
    a field, what it is there, and what it is now.
    """
    changes = _differences(settings, load(settings), other)
    if as_json:
        result_json([change.document() for change in changes])
        return
    for change in changes:
        result(str(change))
    if not changes:
        note("nothing differs")


@click.command("schema", cls=HomeCommand, examples=("acoupi config schema > acoupi.schema.json",))
@click.option("--color/--no-color", default=None, help="Colour the JSON. [default: on a terminal]")
@always_json
@click.pass_obj
def schema(settings: "Settings", color: bool | None) -> None:
    """Print the JSON Schema of the configuration, for editors and other tools."""
    from acoupi.config.json_schema import json_schema

    result_json(json_schema(schema_of(settings)), color=color)


def _differences(
    settings: "Settings", config: "BaseModel", other: str | None
) -> "list[FieldChange]":
    from acoupi.config.defaults import default_values
    from acoupi.config.documents import dump
    from acoupi.config.fields import walk
    from acoupi.config.flat import compare, field_changes, flatten, shown_values

    if other is not None:
        return field_changes(_other(settings, config, other), config)
    section = walk(type(config))
    values = flatten(section, dump(config))
    return compare(section, default_values(config), values, shown_values(config))


def _other(settings: "Settings", config: "BaseModel", other: str) -> "BaseModel":
    from acoupi.config import read_document
    from acoupi.config.documents import dump
    from acoupi.config.secrets import keep
    from acoupi.system.config_export import decode_document
    from acoupi.system.config_history import entry_numbered, read_history
    from acoupi.system.config_undo import read_entry

    if other.isdecimal():
        return read_entry(entry_numbered(read_history(settings), int(other)), type(config))
    document: Any = decode_document(read_text(other), other)
    if isinstance(document, dict) and "acoupi_config" in document:
        document = cast("dict[str, Any]", document).get("config")
    document = keep(document, dump(config), dump(config, show_secrets=False))
    return read_document(document, type(config), other)
