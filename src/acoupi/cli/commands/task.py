"""``acoupi task``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acoupi.cli.base import Group, HomeCommand
from acoupi.cli.render import counted, note, result, result_json
from acoupi.cli.retrying import retry_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from acoupi.system import Settings

__all__ = ["task"]

LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
SHOWN_FUNCTIONS = 30


@click.group(cls=Group)
def task() -> None:
    """List, run and profile the program's tasks, and see which failed."""


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


@task.command(cls=HomeCommand, examples=("acoupi task failed", "acoupi task failed --json"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with arguments and tracebacks.")
@click.pass_obj
def failed(settings: "Settings", as_json: bool) -> None:
    """Show which tasks were set aside, and which keep failing.

    A task that was handed something, such as a recording, is tried four times
    and then set aside with it. A scheduled task is not: it is shown for as long
    as it fails each time.
    """
    from acoupi.cli.render_failures import failures_document, failures_text
    from acoupi.system.failures import failures_of
    from acoupi.system.places import find_places

    failures = failures_of(settings)
    set_aside, failing = failures.get_set_aside(), failures.get_failing()
    if as_json:
        result_json(failures_document(set_aside, failing))
    elif set_aside or failing:
        result(failures_text(set_aside, failing, find_places(settings).zone))
    else:
        note("nothing failed")


@task.command(
    cls=HomeCommand, examples=("acoupi task retry --all", "acoupi task retry 3f1c5a90d2be")
)
@retry_options(str)
@click.pass_obj
def retry(settings: "Settings", ids: "Sequence[str] | None") -> None:
    """Send tasks that were set aside to their workers again."""
    from acoupi.system.retrying import retry_tasks

    sent = retry_tasks(settings, ids)
    note(f"{counted(len(sent), 'task')} sent again")
