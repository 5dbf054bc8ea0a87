"""The units of the user's systemd that keep a sensor running."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

from acoupi._files import write_atomic
from acoupi.errors import ServiceError
from acoupi.system.settings import Settings
from acoupi.system.systemctl import run_systemctl, systemd_is_reachable
from acoupi.system.templates import render_template

__all__ = [
    "ServiceStatus",
    "disable_services",
    "enable_services",
    "get_acoupi_beat_service_status",
    "get_acoupi_service_status",
    "get_service_status",
    "get_user_unit_dir",
    "install_services",
    "is_running",
    "services_are_installed",
    "start_services",
    "status_services",
    "stop_services",
    "systemd_is_reachable",
    "uninstall_services",
]

STOP_SLACK_S = 20


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


def get_user_unit_dir() -> Path:
    """Return where the units of this user are."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "systemd" / "user"


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
        If the units belong to a sensor with another home.
    """
    _refuse_foreign_units(settings, path)
    changed = [
        write_atomic(_unit_path(settings, path, name), text)
        for name, text in render_units(settings).items()
    ]
    if any(changed) and path is None:
        run_systemctl(["daemon-reload"], check=False)


def uninstall_services(settings: Settings, path: Path | None = None) -> None:
    """Remove the units, and tell systemd; they should be stopped before."""
    for name in _unit_names(settings):
        _unit_path(settings, path, name).unlink(missing_ok=True)
    if path is None:
        run_systemctl(["daemon-reload"], check=False)


def services_are_installed(settings: Settings, path: Path | None = None) -> bool:
    """Tell whether the units of this home are there."""
    return all(
        _belongs_to(settings, _unit_path(settings, path, name)) for name in _unit_names(settings)
    )


def enable_services(settings: Settings, path: Path | None = None, **kwargs: Any) -> None:
    """Let the sensor start with the computer."""
    _require_installed(settings, path)
    run_systemctl(["enable", *_unit_names(settings)], **kwargs)


def disable_services(settings: Settings, path: Path | None = None, **kwargs: Any) -> None:
    """Let the sensor no longer start with the computer."""
    if services_are_installed(settings, path):
        run_systemctl(["disable", *_unit_names(settings)], **kwargs)


def start_services(settings: Settings, path: Path | None = None, **kwargs: Any) -> None:
    """Start the sensor, and return when its workers are ready."""
    _require_installed(settings, path)
    run_systemctl(["reset-failed", *_unit_names(settings)], check=False, **kwargs)
    timeout_s = settings.start_timeout_s + STOP_SLACK_S
    run_systemctl(["start", *_unit_names(settings)], timeout_s, **kwargs)


def stop_services(settings: Settings, path: Path | None = None, **kwargs: Any) -> None:
    """Stop the sensor, first what rings, and return when all processes are gone."""
    if not services_are_installed(settings, path):
        return
    timeout_s = settings.stop_timeout_s + 2 * STOP_SLACK_S
    for name in (settings.acoupi_beat_service_file, settings.acoupi_service_file):
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
    command = ["--no-pager", "status", *_unit_names(settings)]
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


def render_units(settings: Settings) -> dict[str, str]:
    """Return the text of each unit, by its name."""
    return {
        settings.acoupi_service_file: render_template(
            "acoupi.service.jinja2",
            home=settings.home,
            env_file=settings.env_file,
            python=sys.executable,
            beat_unit=settings.acoupi_beat_service_file,
            start_timeout_s=round(settings.start_timeout_s),
            stop_timeout_s=round(settings.stop_timeout_s + STOP_SLACK_S),
        ),
        settings.acoupi_beat_service_file: render_template(
            "acoupi-beat.service.jinja2",
            home=settings.home,
            env_file=settings.env_file,
            beat_script=settings.beat_script_path,
            workers_unit=settings.acoupi_service_file,
        ),
    }


def _unit_names(settings: Settings) -> list[str]:
    return [settings.acoupi_service_file, settings.acoupi_beat_service_file]


def _unit_path(settings: Settings, path: Path | None, name: str) -> Path:
    return (path or get_user_unit_dir()) / name


def _status(settings: Settings, path: Path | None, name: str) -> ServiceStatus:
    installed = _belongs_to(settings, _unit_path(settings, path, name))
    return get_service_status(name) if installed else ServiceStatus.UNINSTALLED


def _belongs_to(settings: Settings, unit: Path) -> bool:
    return unit.is_file() and _home_of(unit) == str(settings.home)


def _home_of(unit: Path) -> str:
    """Read from a unit's first line whose it is."""
    first_line = unit.read_text().partition("\n")[0]
    return first_line.partition(" for the home ")[2]


def _refuse_foreign_units(settings: Settings, path: Path | None) -> None:
    for name in _unit_names(settings):
        unit = _unit_path(settings, path, name)
        home = _home_of(unit) if unit.is_file() else ""
        if home and home != str(settings.home) and Path(home).exists():
            raise ServiceError(
                f"the unit {unit} belongs to the sensor in {home}",
                help="one sensor runs as a service of a user; stop and uninstall that one first",
            )


def _require_installed(settings: Settings, path: Path | None) -> None:
    if not services_are_installed(settings, path):
        raise ServiceError(
            f"the services of {settings.home} are not installed in {path or get_user_unit_dir()}",
            help="run: acoupi deployment start",
        )
