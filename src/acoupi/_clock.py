"""The only module that asks the system what time it is."""

import time
from datetime import UTC, datetime

__all__ = ["boot_s", "monotonic_s", "utc_now"]


def utc_now() -> datetime:
    """Return the current instant, aware and in UTC."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Return seconds on a clock that never steps, and stands still in suspend."""
    return time.monotonic()


def boot_s() -> float:
    """Return the seconds since the start of the computer; it never steps, and suspend counts."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
