"""``acoupi workers``."""

from typing import TYPE_CHECKING

import click

from acoupi.cli.base import Group, HomeCommand
from acoupi.cli.render import note

if TYPE_CHECKING:
    from acoupi.system import Settings

__all__ = ["workers"]


@click.group(cls=Group)
def workers() -> None:
    """Control the processes that do the work.

    A deployment starts and stops them by itself; this is for trying things by
    hand.
    """


@workers.command(cls=HomeCommand, examples=("acoupi workers start",))
@click.pass_obj
def start(settings: "Settings") -> None:
    """Start the workers in the background, and return when they are ready."""
    from acoupi.system import start_workers

    start_workers(settings)
    note("the workers have started")


@workers.command(cls=HomeCommand, examples=("acoupi workers restart",))
@click.pass_obj
def restart(settings: "Settings") -> None:
    """Stop the workers and start them anew."""
    from acoupi.system import restart_workers

    restart_workers(settings)
    note("the workers have restarted")


@workers.command(cls=HomeCommand, examples=("acoupi workers stop",))
@click.pass_obj
def stop(settings: "Settings") -> None:
    """Let the workers finish what they are at, and stop them."""
    from acoupi.system import stop_workers

    stop_workers(settings)
    note("the workers have stopped")


@workers.command(cls=HomeCommand, examples=("acoupi workers purge --yes",))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def purge(settings: "Settings", yes: bool) -> None:
    """Throw away every task that waits for a worker.

    No recording is lost: what was not processed is found again when the
    workers start.
    """
    from acoupi.system import purge_queues

    if not (yes or click.confirm("Throw away all waiting tasks?", err=True)):
        note("nothing was thrown away")
        return
    note(f"{purge_queues(settings)} waiting tasks thrown away")
