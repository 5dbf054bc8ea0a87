"""``acoupi logs``."""

import contextlib
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

import click

from acoupi.cli.base import HomeCommand
from acoupi.cli.render import note, result

if TYPE_CHECKING:
    from acoupi.system import Settings

__all__ = ["logs"]

POLL_S = 0.2
DEFAULT_LINES = 50


@click.command(
    cls=HomeCommand,
    examples=(
        "acoupi logs -f",
        "acoupi logs --worker recording -n 200",
    ),
)
@click.option("-f", "--follow", "following", is_flag=True, help="Go on until Ctrl-C.")
@click.option(
    "--worker",
    "workers",
    multiple=True,
    metavar="NAME",
    help="Only of this worker, of beat, or of supervisor; may be repeated.",
)
@click.option(
    "-n",
    "--lines",
    type=click.IntRange(min=0),
    default=DEFAULT_LINES,
    show_default=True,
    metavar="LINES",
    help="How many of the last entries; 0 for all.",
)
@click.pass_obj
def logs(settings: "Settings", following: bool, workers: tuple[str, ...], lines: int) -> None:
    """Show what the sensor's processes log, in the order of time.

    Times in logs are UTC. An entry with a trace counts as one.
    """
    from acoupi.system.logs import follow, log_names, read_logs

    _refuse_unknown(workers, log_names(settings.log_dir), following)
    names = set(workers) or log_names(settings.log_dir)
    if not names:
        note("nothing has been logged yet")
    if not following:
        for entry in read_logs(settings.log_dir, names, lines or None):
            result(entry)
        return
    entries = follow(
        settings.log_dir,
        lambda: set(workers) or log_names(settings.log_dir),
        lambda: time.sleep(POLL_S),
        lines or None,
    )
    with contextlib.suppress(KeyboardInterrupt), contextlib.closing(entries):
        for entry in entries:
            result(entry)


def _refuse_unknown(workers: Collection[str], known: list[str], following: bool) -> None:
    unknown = sorted(set(workers) - set(known))
    if unknown and not following:
        there = ", ".join(known) or "nobody"
        raise click.BadParameter(
            f"nobody called {unknown[0]} has logged here; there is {there}",
            param_hint="'--worker'",
        )
