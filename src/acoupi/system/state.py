"""How the sensor is, at a glance."""

import datetime as dt

from pydantic import BaseModel

from acoupi._clock import utc_now
from acoupi.data import Deployment
from acoupi.errors import AcoupiError, NotConfiguredError
from acoupi.programs.templates.hearing import describe_hearing
from acoupi.programs.templates.microphone_states import MicrophoneState, see_microphones, worst_of
from acoupi.programs.templates.microphone_watching import find_microphone_problems
from acoupi.programs.templates.space import find_shortages
from acoupi.system.celery import CeleryStatus
from acoupi.system.configured import is_configured
from acoupi.system.deployments import get_current_deployment
from acoupi.system.health import Health, judge_health, rhythm_of
from acoupi.system.overview import Overview, look_around
from acoupi.system.places import Places, places_of
from acoupi.system.programs import ProgramState, load_program_config
from acoupi.system.services import (
    ServiceStatus,
    get_acoupi_beat_service_status,
    get_acoupi_service_status,
)
from acoupi.system.settings import Settings
from acoupi.system.supervisor.locks import supervisor_pid
from acoupi.system.watching import BeatStatus, see_beat, see_workers

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
    """Unhealthy if it should have recorded long ago; an error if it cannot be loaded."""

    deployment: Deployment | None
    supervisor: SupervisorStatus = SupervisorStatus()
    beat: BeatStatus = BeatStatus()
    health: Health = Health.UNKNOWN
    overview: Overview = Overview()


def get_status(settings: Settings) -> AcoupiStatus:
    """Look at everything; no process is asked, and nothing is disturbed.

    Raises
    ------
    NotConfiguredError
        If no program is set up.
    """
    now, deployment = utc_now(), get_current_deployment(settings)
    program, health, overview = _look_at_program(settings, deployment, now)
    return AcoupiStatus(
        services=ServicesStatus(
            acoupi=get_acoupi_service_status(settings),
            beat=get_acoupi_beat_service_status(settings),
        ),
        celery=see_workers(settings),
        program=program,
        deployment=deployment,
        supervisor=get_supervisor_status(settings),
        beat=see_beat(settings),
        health=health,
        overview=overview,
    )


def get_supervisor_status(settings: Settings) -> SupervisorStatus:
    """Return who runs the workers, and what it last said."""
    pid = supervisor_pid(settings)
    if pid is None or not settings.status_file.is_file():
        return SupervisorStatus(pid=pid)
    return SupervisorStatus(pid=pid, text=settings.status_file.read_text().strip())


def _microphones(
    config: BaseModel, deployment: Deployment | None, places: Places, now: dt.datetime
) -> list[MicrophoneState]:
    if places.metadata_db is None:
        return []
    return see_microphones(config, deployment, places.metadata_db, places.zone, now)


def _look_at_program(
    settings: Settings, deployment: Deployment | None, now: dt.datetime
) -> tuple[ProgramState, Health, Overview]:
    try:
        config = load_program_config(settings)
        places = places_of(config.model_dump())
        overview = look_around(settings, places, now)
        overview.problems.extend([*find_shortages(config), *find_microphone_problems(config)])
        overview.hearing = describe_hearing(config)
        overview.microphones = _microphones(config, deployment, places, now)
        rhythm = rhythm_of(config, places.zone)
    except NotConfiguredError:
        raise
    except (AcoupiError, OSError) as error:
        return ProgramState.ERROR, Health.UNKNOWN, Overview(problems=[str(error)])
    health = judge_health(now, deployment, rhythm, overview.last_heard_on)
    if overview.microphones:
        health = worst_of(overview.microphones)
    state = ProgramState.UNHEALTHY if health is Health.SILENT else ProgramState.OK
    return state, health, overview
