"""Whether something keeps this computer's clock right."""

import ctypes
from pathlib import Path

__all__ = ["is_synchronised"]

TIME_ERROR = 5
TIMEX_BYTES = 512
"""More than the structure has anywhere; all zero, it asks and sets nothing."""

SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


def is_synchronised() -> bool | None:
    """Ask the kernel, or else systemd; None if neither says."""
    answer = _ask_kernel()
    if answer < 0:
        return True if SYNCHRONISED.exists() else None
    return answer != TIME_ERROR


def _ask_kernel() -> int:
    try:
        return int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES)))
    except (OSError, AttributeError):
        return -1
