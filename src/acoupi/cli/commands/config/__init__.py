"""``acoupi config``: one module for reading, changing, the past, and other devices."""

import click

from acoupi.cli.base import Group

__all__ = ["config"]

_WHERE = {
    "get": ("reading:get", "Print the configuration, or one field of it, as JSON."),
    "show": ("reading:show", "Show every field, and which are not as by default."),
    "diff": ("reading:diff", "Show what differs from the defaults, a file or the past."),
    "schema": ("reading:schema", "Print the JSON Schema of the configuration."),
    "validate": ("validating:validate", "Check a configuration without using it."),
    "set": ("changing:set_", "Change one field, or the whole configuration."),
    "unset": ("changing:unset", "Give a field its default again."),
    "edit": ("editing:edit", "Change the configuration in your editor."),
    "history": ("past:history", "List every change of the configuration."),
    "undo": ("past:undo", "Take the last change back, even of a file that is broken."),
    "export": ("sharing:export", "Write the configuration for other devices."),
    "import": ("sharing:import_", "Take over what export wrote."),
}


@click.group(
    cls=Group,
    examples=(
        "acoupi config show",
        "acoupi config set --field recording.duration 5 --apply",
        "acoupi config undo",
    ),
    lazy={name: (f"{__name__}.{where}", text) for name, (where, text) in _WHERE.items()},
)
def config() -> None:
    """Show and change the configuration.

    Every change is checked before it is written, and can be taken back.
    """
