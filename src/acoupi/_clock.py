"""The only module that asks the system what time it is."""

import time
from datetime import UTC, datetime

__all__ = ["monotonic_s", "utc_now"]


def utc_now() -> datetime:
    """Return the current instant, aware and in UTC."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Return seconds on a clock that never steps."""
    return time.monotonic()
