"""``acoupi``, the command everything else is a part of."""

import sys

import click

from acoupi.cli.base import Group
from acoupi.cli.failures import CLOSED, tell
from acoupi.cli.output import OutputError, drop_output, watch_output

__all__ = ["acoupi", "main"]

COMMANDS = {
    "setup": "Set up a program in the home.",
    "check": "Check that the program can do its work here.",
    "devices": "List microphones, watch their level, make a test recording.",
    "config": "Show and change the configuration.",
    "deployment": "Start, stop and look after a deployment.",
    "logs": "Show what the sensor's processes log, in the order of time.",
    "recordings": "List recordings and what became of them, the newest last.",
    "detections": "List what models found, the newest last.",
    "privacy": "Keep what people say from the disk.",
    "effort": "Show what a deployment did with its time, recorded or not.",
    "messages": "List messages and how far they have come, the newest last.",
    "models": "Install models, try them, and run them on files.",
    "task": "List, run and profile the program's tasks, and see which failed.",
    "workers": "Control the processes that do the work.",
    "celery": "Run a Celery command on the program's app.",
    "run": "Run the sensor in the foreground.",
    "uninstall": "Take the sensor off this computer; what it recorded stays.",
    "demo": "Watch a sensor work, from set-up to stop.",
    "completion": "Print what makes a shell complete acoupi's commands.",
}


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from acoupi import __version__

        click.echo(f"acoupi {__version__}")
        ctx.exit()


@click.group(
    cls=Group,
    examples=(
        "acoupi demo",
        "acoupi setup --program acoupi.programs.default",
        "acoupi check",
        "acoupi deployment start --name meadow",
    ),
    lazy={name: (f"acoupi.cli.commands.{name}:{name}", text) for name, text in COMMANDS.items()},
)
@click.option(
    "--debug", is_flag=True, envvar="ACOUPI_DEBUG", help="Show where an error comes from."
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and exit.",
)
def acoupi(debug: bool) -> None:
    """Turn this computer and its microphone into a bioacoustic sensor.

    Everything is kept below ACOUPI_HOME, which is ~/.acoupi unless you say
    otherwise.
    """


def main() -> None:
    """Run the command line; the entry point of the ``acoupi`` script."""
    watch_output()
    try:
        try:
            acoupi(prog_name="acoupi")
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
        sys.exit(CLOSED)
    except OutputError as error:
        drop_output()
        sys.exit(tell(error))
