"""``acoupi run``."""

from typing import TYPE_CHECKING

import click

from acoupi.cli.base import HomeCommand

if TYPE_CHECKING:
    from acoupi.system import Settings
    from acoupi.system.settings import LogLevel

__all__ = ["run"]

LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


EXAMPLES = ("acoupi run --log-level DEBUG", "acoupi run --worker detection --no-beat")


@click.command(cls=HomeCommand, examples=EXAMPLES)
@click.option("--beat/--no-beat", default=True, show_default=True, help="Run the schedule too.")
@click.option(
    "--log-level",
    type=click.Choice(LEVELS, case_sensitive=False),
    default=None,
    help="How much to log. [default: as the home's settings say]",
)
@click.option(
    "--worker",
    "workers",
    metavar="NAME",
    multiple=True,
    help="Run only this worker of the program here; repeatable. [default: all]",
)
@click.option("--again", is_flag=True, hidden=True, help="Unless it was stopped meanwhile.")
@click.pass_obj
def run(
    settings: "Settings",
    beat: bool,
    log_level: "LogLevel | None",
    workers: tuple[str, ...],
    again: bool,
) -> int:
    """Run the sensor in the foreground.

    Starts the workers, watches them, and stops everything in order on Ctrl-C
    or a TERM signal. systemd and containers run this command.
    """
    from acoupi.system.supervisor import run as supervise

    return supervise(settings, beat=beat, log_level=log_level, workers=workers, again=again)
