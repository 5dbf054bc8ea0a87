"""What a microphone should have given, and did not."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

__all__ = ["Lost", "Why"]

Why = Literal["overrun", "missing", "gone", "stalled", "wrong_rate", "flat", "overload", "private"]
"""
``overrun``: sound came faster than it was read, and the device says so.
``missing``: the clock shows that samples are missing, and nobody says why.
``gone``: the device, or what listens to it, ended or cannot be opened.
``stalled``: the device is there and silent.
``wrong_rate``: it gives another number of samples a second than was asked for.
``flat``: it gives samples that are all the same; they are recorded nonetheless.
``overload``: it was heard, and not written in time.
``private``: it was heard, and taken out because people spoke; the recording
keeps its length.
"""


@dataclass(frozen=True)
class Lost:
    """A stretch of time without its samples."""

    from_instant: dt.datetime
    to_instant: dt.datetime
    samples: int
    """How many are missing, on each channel."""

    why: Why
    detail: str = ""
    """The device's own words."""
