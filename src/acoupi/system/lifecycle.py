"""Set a program up, start it, stop it."""

import contextlib
import logging
from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from acoupi._clock import utc_now
from acoupi.config import file_text, parse_config_from_args
from acoupi.data import Deployment
from acoupi.errors import DeploymentError
from acoupi.system import deployments, services
from acoupi.system.brokers import prepare_broker_dir
from acoupi.system.celery import purge_queues
from acoupi.system.celery_config import load_celery_config
from acoupi.system.home import PRIVATE_FILE_MODE, HomeFile, naming_home, write_home
from acoupi.system.linger import enable_linger_command, lingers
from acoupi.system.programs import (
    import_from_home,
    load_program,
    load_program_class,
    render_program_file,
)
from acoupi.system.scripts import SCRIPT_MODE, render_scripts
from acoupi.system.settings import Settings
from acoupi.system.supervisor.detached import start_detached, stop_detached
from acoupi.system.supervisor.locks import is_held
from acoupi.system.templates import render_template

if TYPE_CHECKING:
    from pydantic import BaseModel

    from acoupi.programs import AcoupiProgram

__all__ = ["RunMode", "StartedProgram", "setup_program", "start_program", "stop_program"]

logger = logging.getLogger(__name__)


class RunMode(StrEnum):
    """What keeps a program running."""

    SYSTEMD = "systemd"
    """Services of the user: they start again after a crash and a reboot."""
    DETACHED = "detached"
    """A process in the background, because no systemd is reachable."""


@dataclass(frozen=True)
class StartedProgram:
    """A program that has been started."""

    deployment: Deployment
    mode: RunMode
    hint: str | None = None
    """What its owner still has to do for it to survive a reboot."""


def setup_program(
    settings: Settings,
    program_name: str,
    args: list[str] | None = None,
    prompt: bool = False,
) -> None:
    """Choose a program for a home, and configure it.

    Nothing is written before everything is known to be right; what an earlier
    set-up wrote is replaced, except what its owner added to ``celery.json`` and ``env``.

    Parameters
    ----------
    settings
        Of the home.
    program_name
        The program's module, or the name its package announces.
    args
        The configuration, as command line options.
    prompt
        Whether to ask for what is not given.

    Raises
    ------
    ConfigurationError
        If there is no such program, the configuration is not valid, or the
        home cannot be written.
    DeploymentError
        If a program of this home is running.
    """
    with naming_home(settings):
        _refuse_while_running(settings)
        celery_config = load_celery_config(settings.celery_config_file)
    import_from_home(settings)
    program_class = load_program_class(program_name)
    config = parse_config_from_args(program_class.get_config_schema(), args or [], prompt=prompt)
    write_home(settings, _home_files(settings, program_name, config, celery_config))
    prepare_broker_dir(settings)


def start_program(
    settings: Settings,
    name: str,
    latitude: float | None = None,
    longitude: float | None = None,
) -> StartedProgram:
    """Start a deployment, and return when the program's workers are ready.

    Parameters
    ----------
    settings
        Of the home.
    name
        Of the deployment.
    latitude
        Of the sensor, in degrees.
    longitude
        Of the sensor, in degrees.

    Raises
    ------
    DeploymentError
        If a deployment is running, or the workers could not be started. Then
        everything is as it was.
    """
    program = load_program(settings)
    with_services = _wants_services(settings)
    with contextlib.ExitStack() as undo:
        deployment = _begin(settings, program, name, latitude, longitude, undo)
        undo.callback(_stop_processes, settings)
        _start_processes(settings, with_services)
        undo.pop_all()
    if with_services:
        return StartedProgram(deployment, RunMode.SYSTEMD, _linger_hint())
    return StartedProgram(deployment, RunMode.DETACHED)


def stop_program(settings: Settings) -> Deployment:
    """Stop the program after its running tasks, and end the deployment.

    Raises
    ------
    DeploymentError
        If there was neither a deployment nor a process.
    """
    ran = is_held(settings.lock_file)
    _stop_processes(settings)
    deployment = deployments.get_current_deployment(settings)
    if deployment is None and ran:
        return deployments.load_deployment_from_file(settings.deployment_file)
    if deployment is None:
        raise DeploymentError(
            "no deployment is running", help="start one with: acoupi deployment start"
        )
    ended_on = utc_now()
    with _ending(settings):
        load_program(settings).on_end(deployment.model_copy(update={"ended_on": ended_on}))
        purge_queues(settings)
    return deployments.end_deployment(settings, ended_on)


def _refuse_while_running(settings: Settings) -> None:
    running = deployments.get_current_deployment(settings)
    if running is not None or is_held(settings.lock_file):
        raise DeploymentError(
            f"the program in {settings.home} is running",
            help="stop it first with: acoupi deployment stop",
        )


def _home_files(
    settings: Settings, program_name: str, config: "BaseModel", celery_config: "BaseModel"
) -> list[HomeFile]:
    scripts = render_scripts(settings).items()
    # The program's name comes last: with it the home is set up.
    return [
        HomeFile(settings.program_config_file, file_text(config), PRIVATE_FILE_MODE),
        *_new_celery_file(settings, celery_config),
        HomeFile(settings.env_file, _env_text(settings), PRIVATE_FILE_MODE),
        HomeFile(settings.program_file, render_program_file(program_name)),
        *(HomeFile(path, text, SCRIPT_MODE) for path, text in scripts),
        HomeFile(settings.program_name_file, program_name + "\n"),
    ]


def _new_celery_file(settings: Settings, config: "BaseModel") -> list[HomeFile]:
    path = settings.celery_config_file
    text = path.read_text() if path.exists() else config.model_dump_json(indent=2) + "\n"
    return [HomeFile(path, text, PRIVATE_FILE_MODE)]


def _env_text(settings: Settings) -> str:
    """Return the environment of the services; what its owner has added stays."""
    needed = render_template("env.jinja2", home=settings.home)
    path = settings.env_file
    present = path.read_text() if path.exists() else ""
    return present if needed in present else needed


def _begin(
    settings: Settings,
    program: "AcoupiProgram[Any]",
    name: str,
    latitude: float | None,
    longitude: float | None,
    undo: contextlib.ExitStack,
) -> Deployment:
    deployment = deployments.start_deployment(settings, name, latitude, longitude)
    undo.callback(settings.deployment_file.unlink, missing_ok=True)
    undo.callback(_end_quietly, program, deployment)
    program.on_start(deployment)
    return deployment


def _end_quietly(program: "AcoupiProgram[Any]", deployment: Deployment) -> None:
    """Undo a start; what already went wrong is more important than this."""
    try:
        program.on_end(deployment.model_copy(update={"ended_on": utc_now()}))
    except Exception:
        logger.exception("the deployment could not be undone: id=%s", deployment.id)


def _wants_services(settings: Settings) -> bool:
    if settings.supervision == "auto":
        return services.systemd_is_reachable()
    return settings.supervision == "systemd"


def _start_processes(settings: Settings, with_services: bool) -> None:
    if not with_services:
        start_detached(settings, beat=True)
        return
    services.install_services(settings)
    services.enable_services(settings)
    services.start_services(settings)


def _stop_processes(settings: Settings) -> None:
    if services.services_are_installed(settings) and services.systemd_is_reachable():
        services.stop_services(settings)
        services.disable_services(settings)
    stop_detached(settings)


@contextlib.contextmanager
def _ending(settings: Settings) -> Generator[None]:
    """End the deployment even if the program fails to: nothing records any more."""
    try:
        yield
    except BaseException:
        deployments.end_deployment(settings)
        raise


def _linger_hint() -> str | None:
    if lingers():
        return None
    return f"to record again after a reboot, run once: {enable_linger_command()}"
