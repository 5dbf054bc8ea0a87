"""``acoupi task``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acoupi.cli.base import Group, HomeCommand
from acoupi.cli.render import note, result, result_json

if TYPE_CHECKING:
    from acoupi.system import Settings

__all__ = ["task"]

LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
SHOWN_FUNCTIONS = 30


@click.group(cls=Group)
def task() -> None:
    """List, run and profile the program's tasks."""


@task.command("list", cls=HomeCommand, examples=("acoupi task list",))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_(settings: "Settings", as_json: bool) -> None:
    """List the program's tasks."""
    from acoupi.system import get_task_list, load_program

    names = get_task_list(load_program(settings))
    if as_json:
        result_json(names)
    else:
        for name in names:
            result(name)


@task.command(cls=HomeCommand, examples=("acoupi task run recording_task",))
@click.argument("name")
@click.pass_obj
def run(settings: "Settings", name: str) -> None:
    """Run a task here and now, and print what it returns."""
    from acoupi._logging import configure_logging
    from acoupi.config import dump_config
    from acoupi.system import load_program, run_task

    configure_logging("INFO")
    returned = run_task(load_program(settings), name)
    note(f"{name} is done")
    if returned is not None:
        result(dump_config(returned, indent=2))


@task.command(
    cls=HomeCommand, examples=("acoupi task profile detection_task --output detection.prof",)
)
@click.argument("name")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Save the figures in a file, for pstats or a viewer.",
)
@click.option("--quiet", is_flag=True, help="Print no figures.")
@click.option(
    "--log-level",
    type=click.Choice(LEVELS, case_sensitive=False),
    default="WARNING",
    show_default=True,
    help="What the task logs meanwhile.",
)
@click.pass_obj
def profile(
    settings: "Settings", name: str, output: Path | None, quiet: bool, log_level: str
) -> None:
    """Run a task here and now, and show where its time goes."""
    from acoupi._logging import configure_logging
    from acoupi.system import load_program, profile_task

    configure_logging(log_level)
    stats = profile_task(load_program(settings), name)
    if output is not None:
        stats.dump_stats(output)
        note(f"the figures are in {output}")
    if not quiet:
        setattr(stats, "stream", sys.stdout)  # noqa: B010 - what typeshed does not know
        stats.sort_stats("cumulative").print_stats(SHOWN_FUNCTIONS)
