"""When the next recording is due."""

import datetime as dt

from acoupi import _clock
from acoupi.components.types import RecordingScheduler
from acoupi.data import AwareDatetime
from acoupi.errors import ParameterError

__all__ = ["IntervalScheduler"]

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class IntervalScheduler(RecordingScheduler):
    """Record every ``timeinterval`` seconds, at whole multiples of it on the clock.

    Parameters
    ----------
    timeinterval
        Seconds from the start of one recording to the start of the next.
    """

    def __init__(self, timeinterval: float) -> None:
        if timeinterval <= 0:
            raise ParameterError(timeinterval, "the recording interval must be above 0 seconds")
        self.timeinterval = timeinterval

    def time_until_next_recording(self, time: AwareDatetime | None = None) -> float:
        """Return the seconds to the next multiple of the interval; 0 at a multiple."""
        since_due = ((time or _clock.utc_now()) - EPOCH) % dt.timedelta(seconds=self.timeinterval)
        return self.timeinterval - since_due.total_seconds() if since_due else 0.0
