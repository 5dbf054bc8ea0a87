"""``acoupi config set`` and ``unset``."""

from typing import TYPE_CHECKING

import click

from acoupi.cli.base import HomeCommand
from acoupi.cli.commands.config.common import apply_option, field_names, schema_of, tell

if TYPE_CHECKING:
    from acoupi.system import Settings

__all__ = ["set_", "unset"]


@click.command(
    "set",
    cls=HomeCommand,
    examples=(
        "acoupi config set --field recording.duration 5",
        "acoupi config set --field recording.duration 5 --apply",
        'acoupi config set "$(cat new.json)"',
    ),
    context_settings={"ignore_unknown_options": True},
)
@click.option(
    "--field",
    default="",
    metavar="NAME",
    shell_complete=field_names,
    help="The field or section to change.",
)
@apply_option
@click.argument("value")
@click.pass_obj
def set_(settings: "Settings", field: str, value: str, is_applied: bool) -> None:
    """Change one field, or the whole configuration.

    VALUE is a word, or JSON for a section, a list, or the whole. Where a
    secret is masked in the JSON, it stays as it is.
    """
    from acoupi.config import set_field_from_text
    from acoupi.system.config_file import change_config

    command = " ".join(filter(None, ("acoupi config set", field and f"--field {field}")))
    change = change_config(
        settings,
        schema_of(settings),
        lambda config: set_field_from_text(config, field, value),
        command,
    )
    tell(settings, change, is_applied)


@click.command(
    "unset",
    cls=HomeCommand,
    examples=("acoupi config unset --field recording.duration",),
)
@click.option(
    "--field",
    required=True,
    metavar="NAME",
    shell_complete=field_names,
    help="The field or section.",
)
@apply_option
@click.pass_obj
def unset(settings: "Settings", field: str, is_applied: bool) -> None:
    """Give a field its default again.

    A section that is optional is left out again.
    """
    from acoupi.config import unset_config_field
    from acoupi.system.config_file import change_config

    change = change_config(
        settings,
        schema_of(settings),
        lambda config: unset_config_field(config, field),
        f"acoupi config unset --field {field}",
    )
    tell(settings, change, is_applied)
