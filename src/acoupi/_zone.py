"""The time zone of this computer."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo

__all__ = ["is_zone_name", "local_zone_name"]

ZONEINFO = "/zoneinfo/"


def local_zone_name(root: Path = Path("/")) -> str:
    """Return the IANA name of the computer's zone; ``UTC`` if it has none."""
    candidates = (os.environ.get("TZ", "").lstrip(":"), _linked(root), _written(root))
    return next((name for name in candidates if name and is_zone_name(name)), "UTC")


def is_zone_name(name: str) -> bool:
    """Tell whether there is an IANA zone of this name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _linked(root: Path) -> str:
    localtime = root / "etc/localtime"
    target = str(localtime.readlink()) if localtime.is_symlink() else ""
    return target.partition(ZONEINFO)[2]


def _written(root: Path) -> str:
    timezone = root / "etc/timezone"
    return timezone.read_text().strip() if timezone.is_file() else ""
