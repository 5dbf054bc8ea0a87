"""``acoupi check``."""

from typing import TYPE_CHECKING

import click

from acoupi.cli.base import HomeCommand
from acoupi.cli.render import result

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
    """
    check_program(settings)
    from acoupi.cli.home import program_name

    result(f"{program_name(settings)}: ok")


def check_program(settings: "Settings") -> None:
    """Run the program's own checks.

    Raises
    ------
    HealthCheckError
        If one fails.
    """
    from acoupi.system import load_program

    program = load_program(settings)
    program.check(program.config)
