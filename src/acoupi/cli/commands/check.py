"""``acoupi check``."""

from typing import TYPE_CHECKING

import click

from acoupi.cli.base import HomeCommand
from acoupi.cli.render import note, result

if TYPE_CHECKING:
    from acoupi.system import Settings

__all__ = ["check", "check_program"]


@click.command(
    cls=HomeCommand, examples=("acoupi check && acoupi deployment start --name meadow",)
)
@click.pass_obj
def check(settings: "Settings") -> None:
    """Check that the program can do its work here.

    Builds the program from its configuration and has it test its parts: the
    microphone, the folders, the receivers of its messages. Nothing is started.
    What to know before a start is said on stderr.
    """
    for sentence in check_program(settings):
        note(sentence)
    from acoupi.cli.home import program_name

    result(f"{program_name(settings)}: ok")


def check_program(settings: "Settings") -> list[str]:
    """Run the program's own checks, and return what its owner should know.

    Raises
    ------
    HealthCheckError
        If one fails.
    """
    from acoupi.system import load_program

    program = load_program(settings)
    program.check(program.config)
    return program.notes(program.config)
