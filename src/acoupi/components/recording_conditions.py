"""Conditions for recording: the time of day, the sun, and free space."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal

from acoupi import _clock
from acoupi._home import temp_audio_dir
from acoupi.components import solar
from acoupi.components._windows import in_any_window
from acoupi.components.types import RecordingCondition
from acoupi.data import Deployment, TimeInterval
from acoupi.devices.metrics import get_remaining_storage
from acoupi.errors import HealthCheckError

__all__ = ["DawnTimeInterval", "HasSufficientSpace", "IsInInterval", "IsInIntervals"]

Unit = Literal["B", "KB", "MB", "GB"]


class IsInIntervals(RecordingCondition):
    """Record while the wall time lies in any of several intervals.

    Parameters
    ----------
    intervals
        Each from its start up to, and without, its end. One that ends before
        it starts crosses midnight; one whose ends are equal is the whole day.
    timezone
        The zone of the intervals.
    """

    def __init__(self, intervals: Sequence[TimeInterval], timezone: dt.tzinfo) -> None:
        self.intervals = list(intervals)
        self.timezone = timezone

    def should_record(self) -> bool:
        """Tell whether the current wall time lies in one of the intervals."""
        return in_any_window(self.intervals, _clock.utc_now(), self.timezone)


class IsInInterval(IsInIntervals):
    """Record while the wall time lies in one interval.

    Parameters
    ----------
    interval
        From its start up to, and without, its end. One that ends before it
        starts crosses midnight; one whose ends are equal is the whole day.
    timezone
        The zone of the interval.
    """

    def __init__(self, interval: TimeInterval, timezone: dt.tzinfo) -> None:
        super().__init__([interval], timezone)
        self.interval = interval


class DawnTimeInterval(RecordingCondition):
    """Record around dawn.

    Parameters
    ----------
    duration
        How many minutes before and after dawn.
    timezone
        Not used: dawn is an instant. Programs written for acoupi 0.8 pass it.
    latitude, longitude
        Where the device is, if not where the deployment says. Without either
        there is no dawn to go by, and nothing is recorded.
    """

    def __init__(
        self,
        duration: float,
        timezone: dt.tzinfo,
        *,
        latitude: float | None = None,
        longitude: float | None = None,
    ) -> None:
        self.duration = duration
        self.timezone = timezone
        self.place = solar.Place.of(latitude, longitude)
        self.needs_coordinates = self.place is None

    def locate(self, deployment: Deployment) -> None:
        """Take the deployment's place, unless there is one already."""
        if self.needs_coordinates:
            self.place = solar.Place.of_deployment(deployment)

    def should_record(self) -> bool:
        """Tell whether dawn is within ``duration`` minutes of now."""
        if self.place is None:
            solar.warn_no_place(type(self).__name__)
            return False
        now, margin = _clock.utc_now(), dt.timedelta(minutes=self.duration)
        return any(abs(dawn - now) <= margin for dawn in solar.sun_events(now, self.place).dawns)

    def check(self) -> None:
        """Check that the place is known.

        Raises
        ------
        HealthCheckError
            If there are no coordinates.
        """
        if self.place is None:
            raise HealthCheckError(
                "the dawn condition has no coordinates, so nothing will be recorded",
                help="give the deployment's latitude and longitude",
            )


class HasSufficientSpace(RecordingCondition):
    """Record while a disk has room.

    Parameters
    ----------
    path
        A path on that disk; by default where recordings wait for their processing.
    min_space
        How much must be free, in ``unit``.
    unit
        The unit of ``min_space``.
    binary
        Whether a kilobyte is 1024 bytes rather than 1000.
    """

    EXPONENTS: ClassVar[dict[Unit, int]] = {"B": 0, "KB": 1, "MB": 2, "GB": 3}

    def __init__(
        self,
        path: Path | None = None,
        min_space: float = 1024,
        unit: Unit = "MB",
        binary: bool = False,
    ) -> None:
        self.path = path or temp_audio_dir()
        self.min_space_bytes = min_space * (1024 if binary else 1000) ** self.EXPONENTS[unit]

    def should_record(self) -> bool:
        """Tell whether at least ``min_space`` is free."""
        return get_remaining_storage(self.path).value >= self.min_space_bytes
