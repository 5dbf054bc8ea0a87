"""The files that tell the user's systemd about a sensor, and whose they are."""

import os
import sys
from pathlib import Path

from acoupi.errors import ServiceError
from acoupi.system.settings import Settings
from acoupi.system.templates import render_template

__all__ = [
    "STOP_SLACK_S",
    "get_user_unit_dir",
    "is_unit_of",
    "refuse_foreign_units",
    "render_units",
    "unit_names",
    "unit_path",
    "wanting_links",
]

STOP_SLACK_S = 20
OLD_HOME = "WorkingDirectory="
OLD_SIGN = "Description=Acoupi "


def get_user_unit_dir() -> Path:
    """Return where the units of this user are."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "systemd" / "user"


def unit_names(settings: Settings) -> list[str]:
    """Return the names of the units, first the one that the other needs."""
    return [settings.acoupi_service_file, settings.acoupi_beat_service_file]


def unit_path(path: Path | None, name: str) -> Path:
    """Return where a unit is; ``path`` is the folder if not the user's."""
    return (path or get_user_unit_dir()) / name


def render_units(settings: Settings) -> dict[str, str]:
    """Return the text of each unit, by its name.

    Raises
    ------
    ServiceError
        If systemd cannot be told where the home is.
    """
    _refuse_unspeakable(settings.home)
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
            python=sys.executable,
            workers_unit=settings.acoupi_service_file,
        ),
    }


def is_unit_of(settings: Settings, unit: Path) -> bool:
    """Tell whether a file is there and is a unit of this home."""
    return unit.is_file() and _home_of(unit) == str(settings.home)


def refuse_foreign_units(settings: Settings, path: Path | None) -> None:
    """Refuse to write over a unit of another sensor, or of somebody else.

    Raises
    ------
    ServiceError
        If there is one; that of a sensor whose home is gone is nobody's.
    """
    for unit in (unit_path(path, name) for name in unit_names(settings)):
        if unit.is_file() and not is_unit_of(settings, unit):
            _refuse_unit(unit, _home_of(unit))


def wanting_links(unit: Path) -> list[Path]:
    """Return the links by which a unit is enabled."""
    links = sorted(unit.parent.glob(f"*.wants/{unit.name}"))
    return [link for link in links if link.is_symlink() and link.resolve() == unit.resolve()]


def _home_of(unit: Path) -> str:
    """Read from a unit whose it is; of one that acoupi never wrote, nothing."""
    text = unit.read_text(encoding="utf-8", errors="replace")
    home = text.partition("\n")[0].partition(" for the home ")[2]
    if not home and OLD_SIGN in text:  # of acoupi 0.6 to 0.8
        home = text.partition(OLD_HOME)[2].partition("\n")[0]
    return home


def _refuse_unit(unit: Path, home: str) -> None:
    if not home:
        raise ServiceError(
            f"the unit {unit} was not written by acoupi", help="move it away, or rename it"
        )
    if Path(home).exists():
        raise ServiceError(
            f"the unit {unit} belongs to the sensor in {home}",
            help="one sensor runs as a service of a user; first run there: acoupi uninstall",
        )


def _refuse_unspeakable(home: Path) -> None:
    text = str(home)
    if not text.isprintable():
        raise ServiceError(
            f"systemd cannot be told of a home with this name: {text!r}",
            help="choose another ACOUPI_HOME, or do without systemd: ACOUPI_SUPERVISION=detached",
        )
