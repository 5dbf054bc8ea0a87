"""``acoupi deployment``."""

import sys
from typing import TYPE_CHECKING

import click

from acoupi.cli.base import Group, HomeCommand
from acoupi.cli.render import note, result_json
from acoupi.errors import DeploymentError

if TYPE_CHECKING:
    from acoupi.system import Settings

__all__ = ["deployment"]


@click.group(cls=Group)
def deployment() -> None:
    """Start, stop and look after a deployment."""


@deployment.command(
    cls=HomeCommand,
    examples=("acoupi deployment start --name meadow --latitude 51.54 --longitude -0.01",),
)
@click.option("--name", help="What to call this stay. [default: asked for on a terminal]")
@click.option("--latitude", type=click.FloatRange(-90, 90), help="Degrees north of the equator.")
@click.option("--longitude", type=click.FloatRange(-180, 180), help="Degrees east of Greenwich.")
@click.option(
    "--check/--no-check", default=True, show_default=True, help="Check everything first."
)
@click.pass_obj
def start(
    settings: "Settings",
    name: str | None,
    latitude: float | None,
    longitude: float | None,
    check: bool,
) -> int:
    """Start a deployment: from now on the sensor records.

    Before, everything is checked as by acoupi check; what fails keeps it from
    starting, and ends the command with the same exit code.
    """
    from acoupi.system import start_program

    _refuse_second(settings)
    name = _name(name)
    latitude, longitude = _place(settings, latitude, longitude)
    located = None not in (latitude, longitude)
    failed = _check(settings, located) if check else 0
    if failed:
        note("not started; acoupi check shows all of it, --no-check starts all the same")
        return failed
    started = start_program(settings, name, latitude=latitude, longitude=longitude)
    note(f"the deployment {name!r} has started; acoupi deployment status shows how it is")
    if started.mode == "detached":
        note(_why_detached(settings))
    if started.hint:
        note(f"hint: {started.hint}")
    return 0


@deployment.command(
    cls=HomeCommand,
    examples=("acoupi deployment stop", "acoupi deployment stop --timeout 60"),
)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="How long finishing may take.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was left, as JSON.")
@click.pass_obj
def stop(settings: "Settings", timeout_s: float, as_json: bool) -> int:
    """End the deployment: finish what was recorded, then stop.

    What could not be finished is listed, and waits in the stores for the next
    deployment. Ctrl-C leaves the rest unfinished; the deployment ends anyway.
    """
    from acoupi.cli.stopping import StopProgress, report_stopped
    from acoupi.system.lifecycle import stop_and_finish

    with StopProgress(settings) as progress:
        stopped = stop_and_finish(settings, timeout_s, progress.tell)
    return report_stopped(stopped, as_json)


@deployment.command(
    cls=HomeCommand,
    examples=(
        "acoupi deployment status",
        "acoupi deployment status --json",
        "acoupi deployment status --watch",
    ),
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON; with --watch, a line each time."
)
@click.option("--watch", "watching", is_flag=True, help="Draw it again until Ctrl-C.")
@click.option(
    "--every",
    "interval_s",
    type=click.FloatRange(0.1, 3600),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="How often to look, with --watch.",
)
@click.pass_obj
def status(settings: "Settings", as_json: bool, watching: bool, interval_s: float) -> None:
    """Show how the sensor is.

    Health is judged by the age of the last recording against the schedule:
    ok, late, silent, or not scheduled now. No process is asked anything, and
    the recording is not disturbed.
    """
    from acoupi.cli.render_status import result_status, status_text
    from acoupi.cli.watch import repeat, watch
    from acoupi.system import get_status

    if watching and as_json:
        repeat(
            lambda: result_json(get_status(settings).model_dump(mode="json"), indent=None),
            interval_s,
        )
    elif watching:
        watch(lambda: status_text(get_status(settings)), interval_s)
    elif as_json:
        result_json(get_status(settings).model_dump(mode="json"))
    else:
        result_status(get_status(settings))


def _refuse_second(settings: "Settings") -> None:
    from acoupi.system import get_current_deployment

    running = get_current_deployment(settings)
    if running is not None:
        raise DeploymentError(
            f"the deployment {running.name!r} is running",
            help="stop it first with: acoupi deployment stop",
        )


def _check(settings: "Settings", located: bool) -> int:
    """Check everything, say what is not well, and return the exit code of what failed."""
    from acoupi.cli.render import width
    from acoupi.cli.render_check import finding_lines
    from acoupi.system.checks import Examination, Verdict

    examination = Examination(settings)
    for finding in examination.run():
        settled = finding.what == "place" and located
        if finding.verdict in (Verdict.WARNING, Verdict.FAILED) and not settled:
            for line in finding_lines(finding, width()):
                note(line)
    return examination.exit_code


def _place(
    settings: "Settings", latitude: float | None, longitude: float | None
) -> tuple[float | None, float | None]:
    """Return the coordinates; at a terminal, those of the stay before may be taken."""
    if latitude is not None or longitude is not None or not sys.stdin.isatty():
        return latitude, longitude
    from acoupi.system.deployments import load_deployment_from_file

    if not settings.deployment_file.is_file():
        return None, None
    last = load_deployment_from_file(settings.deployment_file)
    if last.latitude is None or last.longitude is None:
        return None, None
    question = f"Still at {last.latitude:.5f}, {last.longitude:.5f}, as {last.name!r} was?"
    if click.confirm(question, default=True, err=True):
        return last.latitude, last.longitude
    return None, None


def _why_detached(settings: "Settings") -> str:
    where = "it runs in the background, and not again after a reboot"
    if settings.supervision == "detached":
        return f"without systemd, as ACOUPI_SUPERVISION says: {where}"
    return f"no systemd is in reach: {where}{_command_for_systemd()}"


def _command_for_systemd() -> str:
    """Say what brings a systemd of this user, if one runs the computer."""
    from acoupi.system.linger import enable_linger_command, systemd_runs_the_computer

    if not systemd_runs_the_computer():
        return ""
    return f"; run once, then stop and start the deployment: {enable_linger_command()}"


def _name(given: str | None) -> str:
    if given is not None:
        name = given
    elif sys.stdin.isatty():
        name = click.prompt("Name of the deployment", default=_suggestion(), err=True)
    else:
        raise click.UsageError("Missing option '--name'.")
    if not name.strip():
        raise click.BadParameter("a deployment needs a name", param_hint="'--name'")
    return name.strip()


def _suggestion() -> str:
    import platform

    from acoupi._clock import utc_now

    return f"{platform.node() or 'sensor'}-{utc_now():%Y%m%d}"
