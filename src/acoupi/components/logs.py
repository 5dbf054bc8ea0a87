"""What a store may keep beside recordings and outputs: how the sensor's own work goes.

A store that keeps one of these derives from it too. What asks for one that the store does not
keep says so, or makes do.
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import ClassVar, Literal
from uuid import UUID

from acoupi.data import Deployment, EffortSpan, Heard, ModelOutput, Recording

__all__ = [
    "FILE_IS_GONE",
    "MAX_ATTEMPTS",
    "MAX_INTERRUPTIONS",
    "NOT_KEPT_UP",
    "UNOPENED",
    "EffortLog",
    "HeardLog",
    "ProcessingLog",
]

EVERYTHING = 1_000_000_000

MAX_ATTEMPTS = 3
"""How often the processing of a recording may fail before it is set aside."""

MAX_INTERRUPTIONS = 5
"""How often a process may die over a recording before it is set aside."""

FILE_IS_GONE = "its file is gone"
"""Why a recording is lost: the reason that is noted with it."""

NOT_KEPT_UP = "the sensor did not keep up"
"""How the reason begins why a recording was left unheard; what follows says which were."""

UNOPENED = "a model cannot be opened"
"""How the reason begins why a recording waits for a model, or was set aside for want of it."""


class ProcessingLog(ABC):
    """A store that also knows how far the processing of each recording has come.

    With it, work that was interrupted is found again, what fails is tried a
    bounded number of times, no two processes work on the same recording, and
    one that was skipped on purpose is told from one that was forgotten.
    """

    RING_AGAIN_S: ClassVar[float] = 300.0
    """For how long ``get_due_recordings`` keeps quiet about what it has returned.

    Whoever sends a task for it lets that expire after as long, so that there
    is one of them at a time.
    """

    @abstractmethod
    def begin_processing(self, recording: Recording) -> int:
        """Claim a recording for one more attempt, and return how many have begun.

        One over which too many processes have died is set aside instead. The
        claim ends with the attempt, or with the process.

        Raises
        ------
        ClaimedError
            If a process that lives is at it.
        """

    def fail_attempt(self, recording: Recording, attempt: int, reason: str) -> bool:
        """Note that an attempt failed and why, and tell whether there will be another."""
        if attempt < MAX_ATTEMPTS:
            return True
        self.end_processing(recording, "failed", reason)
        return False

    def postpone(self, recording: Recording, attempt: int, reason: str) -> None:
        """Note that an attempt was in vain through no fault of the recording.

        Where this makes no difference, it is a failed attempt.
        """
        self.fail_attempt(recording, attempt, reason)

    def explain_interruptions(self, pids: Collection[int], reason: str) -> None:  # noqa: B027 - it need not
        """Note why processes of this machine ended, with what they were processing."""

    @abstractmethod
    def end_processing(
        self, recording: Recording, state: Literal["done", "skipped", "failed"], reason: str = ""
    ) -> None:
        """Note that nothing more will be tried."""

    def note_loss(self, recording: Recording) -> None:
        """Note that the recording's file is gone; what was found in it stays."""
        if not self.is_processed(recording):
            self.end_processing(recording, "failed", FILE_IS_GONE)

    @abstractmethod
    def is_processed(self, recording: Recording) -> bool:
        """Tell whether processing has ended, one way or another."""

    @abstractmethod
    def get_failure(self, recording: Recording) -> str | None:
        """Return why processing was given up; None if it was not."""

    def get_unheard(self, recording: Recording) -> str | None:
        """Return why nobody heard it, be it given up or left (``NOT_KEPT_UP``); None if not so."""
        return self.get_failure(recording)

    def get_waiting_sound(self, folder: Path) -> list[tuple[dt.datetime, float]]:
        """Return when each recording in a folder that waits began, and its length (s).

        Oldest first. What somebody asked for again is left out: it is no sign of falling behind.
        """
        waiting = self.get_unprocessed_recordings(EVERYTHING, folder)
        return [(each.created_on, each.duration) for each in waiting]

    def is_asked_for(self, recording: Recording) -> bool:
        """Tell whether it waits because somebody asked for it again."""
        return False

    @abstractmethod
    def get_unprocessed_recordings(
        self, limit: int = 100, folder: Path | None = None
    ) -> list[Recording]:
        """Return recordings with a file whose processing has not ended, oldest first.

        With a ``folder``, only those whose file lies in it.
        """

    def get_due_recordings(
        self, now: dt.datetime, limit: int = 100, folder: Path | None = None
    ) -> list[Recording]:
        """Return recordings that somebody should process now, oldest first, and note it.

        They are with a file, not ended, not claimed by a process that lives,
        not waiting after a failure, and not returned by this within
        ``RING_AGAIN_S``. With a ``folder``, those that nobody has begun or
        asked for are only taken from it.
        """
        return self.get_unprocessed_recordings(limit, folder)

    def retry_failed(self, ids: Sequence[UUID] | None = None) -> int:
        """Let those that were set aside or left unheard be tried from the start, and count them.

        All of them if no ``ids`` are given; those without a file stay aside.
        """
        return 0

    def retry_unopened(self) -> int:
        """Let those be tried from the start that were set aside as ``UNOPENED``; count them."""
        return 0


class EffortLog(ABC):
    """A store that also keeps what the sensor did with its time.

    With it, ``acoupi effort`` can say of every second of a deployment whether
    it was recorded, and if not, why.
    """

    @abstractmethod
    def note(self, span: EffortSpan) -> None:
        """Keep a span; one that goes on where an equal one ends becomes a part of that."""

    @abstractmethod
    def get_spans(
        self,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        deployment: Deployment | None = None,
    ) -> list[EffortSpan]:
        """Return spans that reach into the time from ``since`` to ``until``, oldest first."""


class HeardLog(ABC):
    """Remembers what was heard lately, for cleaners; one that is a store, also after a restart.

    Each topic stays apart; so does what is heard in a deployment, by a
    microphone, and by a model.
    """

    @abstractmethod
    def remember(
        self, topic: str, output: ModelOutput, heard: Sequence[Heard], forget_before: dt.datetime
    ) -> None:
        """Keep what was heard in an output's recording, instead of what was kept of it before.

        What is older than ``forget_before``, of these species, need not be kept.
        """

    @abstractmethod
    def recall(
        self,
        topic: str,
        output: ModelOutput,
        species: Collection[str],
        since: dt.datetime,
        until: dt.datetime,
    ) -> list[Heard]:
        """Return what was heard of some species in other recordings, from since to until.

        Of what is as old as some ``forget_before``, anything may be missing.
        Oldest first.
        """
