"""``acoupi celery``."""

from typing import TYPE_CHECKING

import click

from acoupi.cli.base import HomeCommand

if TYPE_CHECKING:
    from acoupi.system import Settings

__all__ = ["celery"]


@click.command(
    cls=HomeCommand,
    examples=(
        "acoupi celery inspect active",
        "acoupi celery inspect --help",
    ),
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def celery(settings: "Settings", args: tuple[str, ...]) -> int:
    """Run a Celery command on the program's app."""
    from acoupi.system import run_celery_command

    return run_celery_command(settings, list(args)).returncode
