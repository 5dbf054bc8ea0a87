"""The time zone of the computer."""

import os
import subprocess
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from acoupi.errors import ConfigurationError

__all__ = ["get_system_timezone", "set_system_timezone"]

LOCALTIME = Path("/etc/localtime")
TIMEZONE = Path("/etc/timezone")
COMMAND_TIMEOUT_S = 10


def get_system_timezone(localtime: Path = LOCALTIME, timezone: Path = TIMEZONE) -> ZoneInfo | None:
    """Return the zone of this computer, or None if it does not say.

    ``TZ`` counts first, then where ``/etc/localtime`` points, then what
    ``/etc/timezone`` says.
    """
    names = (os.environ.get("TZ", "").removeprefix(":"), _linked(localtime), _written(timezone))
    return next((zone for name in names if (zone := _zone(name))), None)


def set_system_timezone(timezone_str: str) -> bool:
    """Set the zone of this computer, which may need the right to.

    Returns
    -------
    bool
        Whether it was set.

    Raises
    ------
    ConfigurationError
        If there is no such zone.
    """
    if _zone(timezone_str) is None:
        raise ConfigurationError(
            f"there is no time zone {timezone_str!r}",
            help="name one of the IANA database, such as Europe/London",
        )
    return _run(["timedatectl", "--no-ask-password", "set-timezone", timezone_str])


def _linked(path: Path) -> str:
    target = str(path.readlink()) if path.is_symlink() else ""
    return target.partition("zoneinfo/")[2]


def _written(path: Path) -> str:
    return path.read_text().strip() if path.is_file() else ""


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _run(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=COMMAND_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
