"""The time zone of the computer."""

import subprocess
from zoneinfo import ZoneInfo

from acoupi._zone import is_zone_name, local_zone_name
from acoupi.errors import ConfigurationError

__all__ = ["get_system_timezone", "set_system_timezone"]

COMMAND_TIMEOUT_S = 10


def get_system_timezone() -> ZoneInfo:
    """Return the zone of this computer; UTC if it does not say."""
    return ZoneInfo(local_zone_name())


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
    if not is_zone_name(timezone_str):
        raise ConfigurationError(
            f"there is no time zone {timezone_str!r}",
            help="name one of the IANA database, such as Europe/London",
        )
    return _run(["timedatectl", "--no-ask-password", "set-timezone", timezone_str])


def _run(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=COMMAND_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
