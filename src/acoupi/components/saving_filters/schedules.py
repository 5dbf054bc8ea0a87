"""Keep recordings by the time of day they were made."""

import datetime as dt

from acoupi.components._windows import in_window, time_into_day
from acoupi.components.types import RecordingSavingFilter
from acoupi.data import ModelOutput, Recording, TimeInterval
from acoupi.errors import ParameterError

__all__ = ["FrequencySchedule", "SaveIfInInterval"]


class SaveIfInInterval(RecordingSavingFilter):
    """Keep a recording that began in a stretch of the day.

    Parameters
    ----------
    interval
        From its start up to, and without, its end. One that ends before it
        starts crosses midnight; one whose ends are equal is the whole day.
    timezone
        The zone of the interval.
    """

    def __init__(self, interval: TimeInterval, timezone: dt.tzinfo) -> None:
        self.interval = interval
        self.timezone = timezone

    def __str__(self) -> str:
        start, end = (_shown(edge) for edge in (self.interval.start, self.interval.end))
        return f"{type(self).__name__} {start} to {end} {self.timezone}"

    def should_save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> bool:
        """Tell whether the recording began in the interval."""
        return in_window(self.interval, recording.created_on, self.timezone)


class FrequencySchedule(RecordingSavingFilter):
    """Keep the first minutes of every so many, counted from midnight.

    Parameters
    ----------
    duration
        How many minutes to keep.
    frequency
        Of how many minutes. Where they do not divide a day, its last stretch is shorter.
    timezone
        Whose midnight.
    """

    def __init__(self, duration: float, frequency: float, *, timezone: dt.tzinfo = dt.UTC) -> None:
        if frequency <= 0:
            raise ParameterError(frequency, "the frequency must be above 0 minutes")
        self.duration = duration
        self.frequency = frequency
        self.timezone = timezone

    def __str__(self) -> str:
        minutes = f"{self.duration:g} of every {self.frequency:g} min"
        return f"{type(self).__name__} {minutes} {self.timezone}"

    def should_save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> bool:
        """Tell whether the recording began in the minutes to keep."""
        since_midnight = time_into_day(recording.created_on, self.timezone)
        into_stretch = since_midnight % dt.timedelta(minutes=self.frequency)
        return into_stretch < dt.timedelta(minutes=self.duration)


def _shown(time: dt.time) -> str:
    """Return a time of day without the seconds that are zero."""
    return time.isoformat("auto" if time.second or time.microsecond else "minutes")
