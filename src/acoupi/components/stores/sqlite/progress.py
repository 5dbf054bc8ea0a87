"""How far the processing of one recording has come, and what follows what."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from acoupi.components.types import MAX_ATTEMPTS, MAX_INTERRUPTIONS

__all__ = ["LONGEST_WAIT", "ProcessingState", "Progress"]

ProcessingState = Literal["pending", "done", "skipped", "failed"]

FIRST_WAIT = dt.timedelta(seconds=30)
LONGEST_WAIT = FIRST_WAIT * 2 ** (MAX_ATTEMPTS - 2)
"""Whatever is to wait longer than this was noted before the clock was set back."""


@dataclass(frozen=True)
class Progress:
    """The attempts at one recording; a new one waits for its first."""

    state: ProcessingState = "pending"
    attempts: int = 0
    """How many have begun."""

    failures: int = 0
    """How many of them have ended with an error."""

    reason: str = ""
    """The error of the last that failed, what its process ended with, or what ended it all."""

    owner: str | None = None
    """The process that is at it."""

    next_attempt_on: dt.datetime | None = None

    @property
    def interruptions(self) -> int:
        """How many attempts began and neither ended nor failed."""
        return self.attempts - self.failures

    def begun(self, owner: str) -> "Progress":
        """Return where it stands when a process that may have it takes it up.

        That is the end of it if too many before have died over it.
        """
        attempts = self.attempts + 1
        if self.state != "pending":
            return replace(self, attempts=attempts)
        if self.interruptions >= MAX_INTERRUPTIONS:
            return self.ended("failed", _interrupted(self))
        return replace(self, attempts=attempts, owner=owner, next_attempt_on=None)

    def failed(self, reason: str, now: dt.datetime) -> "Progress":
        """Return where it stands after an attempt ended with an error."""
        if self.state != "pending":
            return replace(self, owner=None)
        failures = self.failures + 1
        after = replace(self, failures=failures, reason=reason, owner=None)
        if failures >= MAX_ATTEMPTS:
            return after.ended("failed", reason)
        wait = FIRST_WAIT * 2 ** (failures - 1)
        return replace(after, next_attempt_on=now + wait)

    def lost(self, reason: str) -> "Progress":
        """Return where it stands when there is nothing left to try it with."""
        state: ProcessingState = "failed" if self.state == "pending" else self.state
        return self.ended(state, reason)

    def postponed(self, reason: str, now: dt.datetime) -> "Progress":
        """Return where it stands after an attempt that was in vain through no fault of its own."""
        if self.state != "pending":
            return replace(self, owner=None)
        return replace(
            self,
            attempts=max(self.attempts - 1, 0),
            reason=reason,
            owner=None,
            next_attempt_on=now + FIRST_WAIT,
        )

    def ended(self, state: ProcessingState, reason: str) -> "Progress":
        """Return where it stands when nothing more will be tried."""
        return replace(self, state=state, reason=reason, owner=None, next_attempt_on=None)


def _interrupted(progress: Progress) -> str:
    last = f"; at last: {progress.reason}" if progress.reason else ""
    return (
        f"interrupted {progress.interruptions} times: "
        f"whatever processed it died or was ended over it{last}"
    )
