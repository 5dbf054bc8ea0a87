"""How the sensor is, at a glance."""

from pydantic import BaseModel

from acoupi.data import Deployment
from acoupi.system.celery import CeleryStatus, get_celery_status
from acoupi.system.deployments import get_current_deployment
from acoupi.system.programs import ProgramState, get_program_state
from acoupi.system.services import (
    ServiceStatus,
    get_acoupi_beat_service_status,
    get_acoupi_service_status,
)
from acoupi.system.settings import Settings
from acoupi.system.supervisor.locks import supervisor_pid

__all__ = [
    "AcoupiStatus",
    "ServicesStatus",
    "SupervisorStatus",
    "get_status",
    "get_supervisor_status",
    "is_configured",
]


class ServicesStatus(BaseModel):
    """The systemd units."""

    acoupi: ServiceStatus
    beat: ServiceStatus


class SupervisorStatus(BaseModel):
    """The process that runs the others."""

    pid: int | None = None
    """None if it does not run."""
    text: str = ""
    """What it last said about its children."""


class AcoupiStatus(BaseModel):
    """The whole sensor."""

    services: ServicesStatus
    celery: CeleryStatus
    program: ProgramState
    deployment: Deployment | None
    supervisor: SupervisorStatus = SupervisorStatus()


def is_configured(settings: Settings) -> bool:
    """Tell whether a program is set up in this home."""
    needed = (settings.program_file, settings.program_name_file, settings.program_config_file)
    return all(path.is_file() for path in needed)


def get_status(settings: Settings) -> AcoupiStatus:
    """Look at everything; it takes no longer than the workers' answers.

    Raises
    ------
    NotConfiguredError
        If no program is set up.
    """
    return AcoupiStatus(
        services=ServicesStatus(
            acoupi=get_acoupi_service_status(settings),
            beat=get_acoupi_beat_service_status(settings),
        ),
        celery=get_celery_status(settings),
        program=get_program_state(settings),
        deployment=get_current_deployment(settings),
        supervisor=get_supervisor_status(settings),
    )


def get_supervisor_status(settings: Settings) -> SupervisorStatus:
    """Return who runs the workers, and what it last said."""
    pid = supervisor_pid(settings)
    if pid is None or not settings.status_file.is_file():
        return SupervisorStatus(pid=pid)
    return SupervisorStatus(pid=pid, text=settings.status_file.read_text().strip())
