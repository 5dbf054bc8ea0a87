# pyright: basic, reportIncompatibleVariableOverride=false
# Celery has no type information: strict mode would report every inherited name.
"""How a worker receives a task; of no use to anybody else, and not cheap to import."""

import datetime as dt

from celery.worker.request import Request

from acoupi._claims import Owner
from acoupi._clock import boot_s, utc_now
from acoupi.programs.core.countdown import SENT, wait_s

__all__ = ["TimedRequest"]


class TimedRequest(Request):
    """Waits for as long as was asked for, wherever the clock is set to."""

    @property
    def eta(self) -> dt.datetime | None:
        """When the task is due, by the clock as it is set now."""
        sent = self._request_dict.get(SENT)
        if self._eta is None or sent is None:
            return self._eta
        now = utc_now()
        by_wall_s = (self._eta - now).total_seconds()
        left_s = wait_s(sent, Owner.this_process(), boot_s(), by_wall_s)
        return now + dt.timedelta(seconds=left_s)
