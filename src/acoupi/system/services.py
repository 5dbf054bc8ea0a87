"""The units of the user's systemd that keep a sensor running."""

from enum import StrEnum
from pathlib import Path
from typing import Any

from acoupi._files import write_atomic
from acoupi.errors import ServiceError
from acoupi.system.settings import Settings
from acoupi.system.systemctl import bring_up_systemd, run_systemctl, systemd_is_reachable
from acoupi.system.units import (
    STOP_SLACK_S,
    get_user_unit_dir,
    is_unit_of,
    refuse_foreign_units,
    render_units,
    unit_names,
    unit_path,
    wanting_links,
)

__all__ = [
    "ServiceStatus",
    "bring_up_systemd",
    "disable_services",
    "enable_services",
    "get_acoupi_beat_service_status",
    "get_acoupi_service_status",
    "get_service_status",
    "get_user_unit_dir",
    "install_services",
    "is_running",
    "render_units",
    "services_are_installed",
    "start_services",
    "status_services",
    "stop_services",
    "systemd_is_reachable",
    "uninstall_services",
]


class ServiceStatus(StrEnum):
    """What systemd says about a unit."""

    ACTIVE = "active"
    RELOADING = "reloading"
    INACTIVE = "inactive"
    FAILED = "failed"
    ACTIVATING = "activating"
    DEACTIVATING = "deactivating"
    UNINSTALLED = "uninstalled"
    UNKNOWN = "unknown"


def install_services(settings: Settings, path: Path | None = None) -> None:
    """Write the units, and tell systemd.

    Parameters
    ----------
    settings
        Of the home.
    path
        Where units are; the user's folder for them if None.

    Raises
    ------
    ServiceError
        If there are units of another sensor, or of somebody else.
    """
    refuse_foreign_units(settings, path)
    changed = [
        write_atomic(unit_path(path, name), text) for name, text in render_units(settings).items()
    ]
    if any(changed) and path is None:
        run_systemctl(["daemon-reload"], check=False)


def uninstall_services(settings: Settings, path: Path | None = None) -> None:
    """Remove the units of this home, and tell systemd; they should be stopped before."""
    names = _installed_names(settings, path)
    for unit in (unit_path(path, name) for name in names):
        for file in (*wanting_links(unit), unit):
            file.unlink(missing_ok=True)
    if names and path is None:
        run_systemctl(["daemon-reload"], check=False)
        run_systemctl(["reset-failed", *names], check=False)


def services_are_installed(settings: Settings, path: Path | None = None) -> bool:
    """Tell whether the units of this home are there."""
    return _installed_names(settings, path) == unit_names(settings)


def enable_services(settings: Settings, path: Path | None = None, **kwargs: Any) -> None:
    """Let the sensor start with the computer."""
    _require_installed(settings, path)
    run_systemctl(["enable", *unit_names(settings)], **kwargs)


def disable_services(settings: Settings, path: Path | None = None, **kwargs: Any) -> None:
    """Let the sensor no longer start with the computer."""
    names = _installed_names(settings, path)
    if names:
        run_systemctl(["disable", *names], **kwargs)


def start_services(settings: Settings, path: Path | None = None, **kwargs: Any) -> None:
    """Start the sensor, and return when its workers are ready."""
    _require_installed(settings, path)
    run_systemctl(["reset-failed", *unit_names(settings)], check=False, **kwargs)
    timeout_s = settings.start_timeout_s + STOP_SLACK_S
    run_systemctl(["start", *unit_names(settings)], timeout_s, **kwargs)


def stop_services(settings: Settings, path: Path | None = None, **kwargs: Any) -> None:
    """Stop the sensor, first what rings, and return when all processes are gone."""
    timeout_s = settings.stop_timeout_s + 2 * STOP_SLACK_S
    for name in reversed(_installed_names(settings, path)):
        run_systemctl(["stop", name], timeout_s, **kwargs)


def is_running(settings: Settings) -> bool:
    """Tell whether systemd runs the workers of this home, or is about to."""
    return get_acoupi_service_status(settings) in {
        ServiceStatus.ACTIVE,
        ServiceStatus.ACTIVATING,
        ServiceStatus.RELOADING,
    }


def status_services(settings: Settings, path: Path | None = None, **kwargs: Any) -> str:
    """Return what ``systemctl status`` says about the units."""
    _require_installed(settings, path)
    command = ["--no-pager", "status", *unit_names(settings)]
    return run_systemctl(command, check=False, **kwargs)


def get_service_status(service_name: str) -> ServiceStatus:
    """Return the state of a unit, whether it is ours or not."""
    answer = run_systemctl(["is-active", service_name], check=False).strip()
    known = {status.value: status for status in ServiceStatus}
    return known.get(answer, ServiceStatus.UNKNOWN)


def get_acoupi_service_status(settings: Settings, path: Path | None = None) -> ServiceStatus:
    """Return the state of the unit that runs the workers."""
    return _status(settings, path, settings.acoupi_service_file)


def get_acoupi_beat_service_status(settings: Settings, path: Path | None = None) -> ServiceStatus:
    """Return the state of the unit that rings."""
    return _status(settings, path, settings.acoupi_beat_service_file)


def _installed_names(settings: Settings, path: Path | None) -> list[str]:
    names = unit_names(settings)
    return [name for name in names if is_unit_of(settings, unit_path(path, name))]


def _status(settings: Settings, path: Path | None, name: str) -> ServiceStatus:
    installed = is_unit_of(settings, unit_path(path, name))
    return get_service_status(name) if installed else ServiceStatus.UNINSTALLED


def _require_installed(settings: Settings, path: Path | None) -> None:
    if not services_are_installed(settings, path):
        raise ServiceError(
            f"the services of {settings.home} are not installed in {path or get_user_unit_dir()}",
            help="run: acoupi deployment start",
        )
