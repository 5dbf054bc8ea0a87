"""Start a program, and stop it."""

import contextlib
import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from acoupi._clock import utc_now
from acoupi.data import Deployment
from acoupi.errors import DeploymentError, ServiceError
from acoupi.system import deployments, services
from acoupi.system.brokers import move_broker_to_memory
from acoupi.system.celery import purge_queues
from acoupi.system.finishing import FINISH_TIMEOUT_S, LOG_NAME, finish
from acoupi.system.leftovers import Leftovers, find_leftovers
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

__all__ = [
    "RunMode",
    "StartedProgram",
    "StoppedProgram",
    "setup_program",
    "start_program",
    "stop_and_finish",
    "stop_program",
]

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


@dataclass(frozen=True)
class StoppedProgram:
    """A program that has been stopped."""

    deployment: Deployment
    leftovers: Leftovers = field(default_factory=Leftovers)
    error: str | None = None
    """What the program failed with at its end."""
    interrupted: bool = False
    """Whether somebody did not want to wait."""


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
    if with_services and enable_linger() and not is_held(settings.lock_file):
        move_broker_to_memory(settings)
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
        If there was neither a deployment nor a process, or the program failed
        at its end; the deployment is over all the same.
    """
    stopped = stop_and_finish(settings)
    if stopped.interrupted:
        raise KeyboardInterrupt
    if stopped.error is not None:
        raise DeploymentError(
            f"the deployment has ended, but not well: {stopped.error}",
            help=f"see {settings.log_file(LOG_NAME)}",
        )
    return stopped.deployment


def stop_and_finish(
    settings: Settings,
    timeout_s: float = FINISH_TIMEOUT_S,
    on_wait: Callable[[float], object] = lambda _: None,
) -> StoppedProgram:
    """Stop the program, finish what it recorded, and tell what could not be.

    Parameters
    ----------
    settings
        Of the home.
    timeout_s
        How long finishing may take.
    on_wait
        Called while it does, with the seconds since it began.

    Raises
    ------
    DeploymentError
        If there was neither a deployment nor a process.
    """
    ran = is_held(settings.lock_file)
    _stop_processes(settings)
    deployment = deployments.get_current_deployment(settings)
    if deployment is None and ran:
        return StoppedProgram(deployments.load_deployment_from_file(settings.deployment_file))
    if deployment is None:
        raise DeploymentError(
            "no deployment is running", help="start one with: acoupi deployment start"
        )
    ended_on = utc_now()
    with _ending(settings):
        ended = deployment.model_copy(update={"ended_on": ended_on})
        finished = finish(settings, ended, timeout_s, on_wait)
        _forget_waiting(settings)
    return StoppedProgram(
        deployments.end_deployment(settings, ended_on),
        find_leftovers(settings, finished),
        finished.error,
        finished.interrupted,
    )


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
    undo.callback(_end_quietly, settings, deployment)
    program.on_start(deployment)
    return deployment


def _end_quietly(settings: Settings, deployment: Deployment) -> None:
    """Undo a start; what already went wrong is more important than this."""
    finished = finish(settings, deployment.model_copy(update={"ended_on": utc_now()}))
    if finished.error is not None:
        logger.error("the deployment could not be undone: %s: %s", deployment.id, finished.error)


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
