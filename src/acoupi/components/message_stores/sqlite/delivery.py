"""Where one messenger has come with one message."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from acoupi.components.message_stores.sqlite.backoff import backoff_s
from acoupi.data import ResponseStatus

__all__ = ["Delivery", "DeliveryState"]

DeliveryState = Literal["waiting", "delivered", "refused", "expired"]


@dataclass(frozen=True)
class Delivery:
    """One messenger's attempts at one message; a new one waits for its first."""

    state: DeliveryState = "waiting"
    attempts: int = 0
    next_attempt_on: dt.datetime | None = None
    last_error: str | None = None
    begun: int = 0
    """Attempts of which nothing has been heard since; whoever made the others died over it."""

    def begin(self, now: dt.datetime, jitter: float) -> "Delivery":
        """Return where it stands while an attempt is made.

        If that is never heard of, it is made again at once the first time, and
        later each time after that: what kills its sender lets others go first.
        """
        if self.state != "waiting":
            return self
        wait = dt.timedelta(seconds=backoff_s(self.begun, jitter)) if self.begun else None
        following = None if wait is None else now + wait
        return replace(self, begun=self.begun + 1, next_attempt_on=following)

    def after(
        self, status: ResponseStatus, error: str | None, now: dt.datetime, jitter: float
    ) -> "Delivery":
        """Return where it stands after one more attempt; what was delivered stays so."""
        attempts = self.attempts + max(self.begun, 1)
        if self.state == "delivered" or status is ResponseStatus.SUCCESS:
            return Delivery("delivered", attempts)
        if status is ResponseStatus.FAILED:
            return Delivery("refused", attempts, last_error=error)
        wait = dt.timedelta(seconds=backoff_s(attempts, jitter))
        return Delivery("waiting", attempts, now + wait, error)
