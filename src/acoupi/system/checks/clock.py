"""Whether the clock can be believed: every recording bears its time."""

import datetime as dt
from collections.abc import Iterator

from acoupi._clock import utc_now
from acoupi._clock_trust import is_synchronised
from acoupi.errors import HealthCheckError
from acoupi.system.checks.findings import Finding, failed, ok, warning
from acoupi.system.checks.subject import Subject
from acoupi.system.settings import Settings

__all__ = ["check_clock", "check_zone", "is_synchronised", "judge_clock"]

EARLIEST = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
"""No clock is right that says an earlier time."""


def check_clock(_: Settings) -> Iterator[Finding]:
    """Look at the clock."""
    yield judge_clock(utc_now(), is_synchronised())


def check_zone(subject: Subject) -> Iterator[Finding]:
    """Look at the zone of the schedule."""
    zone = subject.places.zone
    yield ok("zone", f"{zone.key}, where it is {subject.now.astimezone(zone):%H:%M on %d %B %Y}")


def judge_clock(now: dt.datetime, synchronised: bool | None) -> Finding:
    """Judge the clock by what it says, and by what the kernel says of it."""
    if now < EARLIEST:
        error = HealthCheckError(
            f"the clock says {now:%Y-%m-%d}",
            help="set it, or let it be set from the network: timedatectl set-ntp true",
        )
        return failed("clock", error)
    if synchronised is None:
        return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC; the kernel does not say how sure it is")
    if not synchronised:
        return warning(
            "clock",
            "it is not synchronised, so that recordings may bear wrong times",
            "connect to a network with timedatectl set-ntp true, or add a real-time clock",
        )
    return ok("clock", "it is synchronised")
