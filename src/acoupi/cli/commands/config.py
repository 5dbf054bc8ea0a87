"""``acoupi config``."""

from typing import TYPE_CHECKING

import click

from acoupi.cli.base import Group, HomeCommand
from acoupi.cli.render import note, result_json

if TYPE_CHECKING:
    from pydantic import BaseModel

    from acoupi.system import Settings

__all__ = ["config"]


@click.group(cls=Group)
def config() -> None:
    """Show and change the configuration."""


@config.command(
    "get",
    cls=HomeCommand,
    examples=(
        "acoupi config get",
        "acoupi config get --field recording.duration",
    ),
)
@click.option("--field", default="", metavar="NAME", help="One field or section, by dotted name.")
@click.option("--color/--no-color", default=None, help="Colour the JSON. [default: on a terminal]")
@click.option(
    "--indent", type=click.IntRange(0, 16), default=4, show_default=True, help="Spaces a level."
)
@click.pass_obj
def get(settings: "Settings", field: str, color: bool | None, indent: int) -> None:
    """Print the configuration, or one field of it, as JSON.

    Secrets are masked.
    """
    from acoupi.config import dump_config, get_config_field

    value = get_config_field(_load(settings), field)
    result_json(dump_config(value, indent=indent or None), color=color)


@config.command(
    "set",
    cls=HomeCommand,
    examples=(
        "acoupi config set --field recording.duration 5",
        'acoupi config set "$(cat new.json)"',
    ),
    context_settings={"ignore_unknown_options": True},
)
@click.option("--field", default="", metavar="NAME", help="The field or section to change.")
@click.argument("value")
@click.pass_obj
def set_(settings: "Settings", field: str, value: str) -> None:
    """Change one field, or the whole configuration.

    VALUE is a word, or JSON for a section, a list, or the whole. Where a
    secret is masked in the JSON, it stays as it is.
    """
    from acoupi.config import set_field_from_text, write_config

    changed = set_field_from_text(_load(settings), field, value)
    write_config(changed, settings.program_config_file)
    note(f"{settings.program_config_file} is changed; a running sensor takes it at its next start")


def _load(settings: "Settings") -> "BaseModel":
    from acoupi.system import load_config, load_config_schema

    return load_config(settings.program_config_file, load_config_schema(settings))
