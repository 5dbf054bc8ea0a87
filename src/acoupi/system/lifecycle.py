"""Start a program, and stop it."""

import contextlib
import logging
from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from acoupi._clock import utc_now
from acoupi.data import Deployment
from acoupi.errors import DeploymentError, ServiceError
from acoupi.system import deployments, services
from acoupi.system.celery import purge_queues
from acoupi.system.linger import enable_linger, enable_linger_command
from acoupi.system.programs import (
    load_program,
)
from acoupi.system.settings import Settings
from acoupi.system.setups import restore_generated, setup_program
from acoupi.system.supervisor.detached import start_detached, stop_detached
from acoupi.system.supervisor.locks import is_held

if TYPE_CHECKING:
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
    restore_generated(settings)
    with_services = _wants_services(settings)
    with contextlib.ExitStack() as undo:
        deployment = _begin(settings, program, name, latitude, longitude, undo)
        undo.callback(_stop_quietly, settings)
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
        _forget_waiting(settings)
    return deployments.end_deployment(settings, ended_on)


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


def _stop_quietly(settings: Settings) -> None:
    """Undo a start of processes; what kept them from starting is more important than this."""
    try:
        _stop_processes(settings)
    except ServiceError:
        logger.exception("the processes could not be stopped: home=%s", settings.home)


def _wants_services(settings: Settings) -> bool:
    if settings.supervision == "detached":
        return False
    return services.bring_up_systemd() or settings.supervision == "systemd"


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


def _forget_waiting(settings: Settings) -> None:
    """Empty the queues; what waits in a broker that is gone holds up no ending."""
    try:
        purge_queues(settings)
    except ServiceError as error:
        logger.warning("the queues were not emptied: %s", error)


def _linger_hint() -> str | None:
    if enable_linger():
        return None
    return f"to record again after a reboot, run once: {enable_linger_command()}"
