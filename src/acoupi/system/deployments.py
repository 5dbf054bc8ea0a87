"""The deployment of this sensor, as ``config/deployment.json`` says."""

from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from acoupi._clock import utc_now
from acoupi._files import write_atomic
from acoupi.data import Deployment
from acoupi.errors import DeploymentError
from acoupi.system.settings import Settings

__all__ = [
    "end_deployment",
    "get_current_deployment",
    "load_deployment_from_file",
    "start_deployment",
    "write_deployment_to_file",
]


def load_deployment_from_file(path: Path) -> Deployment:
    """Read a deployment, whether it has ended or not."""
    try:
        return Deployment.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise DeploymentError(
            f"there is no deployment: {path} does not exist",
            help="start one with: acoupi deployment start",
        ) from error
    except (ValidationError, OSError) as error:
        raise DeploymentError(
            f"the deployment file {path} cannot be read: {error}",
            help="remove the file, then start a new deployment",
        ) from error


def write_deployment_to_file(deployment: Deployment, path: Path) -> None:
    """Write a deployment whole, or leave the old one."""
    write_atomic(path, deployment.model_dump_json(indent=2) + "\n")


def get_current_deployment(settings: Settings) -> Deployment | None:
    """Return the deployment that has started and not ended, or None."""
    if not settings.deployment_file.exists():
        return None
    deployment = load_deployment_from_file(settings.deployment_file)
    return None if deployment.ended_on else deployment


def start_deployment(
    settings: Settings,
    name: str,
    latitude: float | None = None,
    longitude: float | None = None,
) -> Deployment:
    """Note that a deployment has started; nothing is run.

    Raises
    ------
    DeploymentError
        If one is running, or if the place is not on Earth.
    """
    current = get_current_deployment(settings)
    if current is not None:
        raise DeploymentError(
            f"the deployment {current.name!r} is running since {current.started_on:%Y-%m-%d %H:%M}"
            " UTC",
            help="end it first with: acoupi deployment stop",
        )
    deployment = _new_deployment(name, latitude, longitude)
    write_deployment_to_file(deployment, settings.deployment_file)
    return deployment


def end_deployment(settings: Settings, ended_on: datetime | None = None) -> Deployment:
    """Note that the deployment has ended; nothing is stopped.

    Raises
    ------
    DeploymentError
        If none is running.
    """
    current = get_current_deployment(settings)
    if current is None:
        raise DeploymentError(
            "no deployment is running", help="start one with: acoupi deployment start"
        )
    ended = current.model_copy(update={"ended_on": ended_on or utc_now()})
    write_deployment_to_file(ended, settings.deployment_file)
    return ended


def _new_deployment(name: str, latitude: float | None, longitude: float | None) -> Deployment:
    try:
        return Deployment(name=name, latitude=latitude, longitude=longitude)
    except ValidationError as error:
        problem = error.errors()[0]
        raise DeploymentError(
            f"{problem['loc'][0]}: {problem['msg']}, not {problem['input']!r}",
            help="latitude is between -90 and 90, longitude between -180 and 180, in degrees",
        ) from error
