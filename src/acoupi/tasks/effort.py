"""What the recording task notes of its time."""

import datetime as dt
import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import cast
from uuid import UUID

from acoupi.audio.loss import Lost
from acoupi.components.recording_conditions import IsInIntervals
from acoupi.components.types import AudioRecorder, EffortLog, RecordingCondition, Store
from acoupi.data import ClockQuality, Deployment, EffortSpan, EffortState, Recording
from acoupi.errors import StoreError
from acoupi.tasks.rings import Outcome, Reading, next_due_s, read_clocks, spans_between

__all__ = ["EffortNotes", "take_losses"]

QUIET_S = 60.0
"""How seldom refusals are written, night after night, while they stay the same."""

MOST_UNWRITTEN = 1000
LONGEST_REASON = 160
ROUNDING = dt.timedelta(milliseconds=1)
"""By how much the instants of recordings that join may differ from their samples."""

REFUSALS = (EffortState.NOT_SCHEDULED, EffortState.CONDITION)
DEVICE_FAULTS = ("gone", "stalled", "wrong_rate")


class EffortNotes:
    """Notes what became of the time, from one ring to the next.

    Nothing it does can keep a recording from being made. A store that keeps no
    log of effort is left alone.

    Parameters
    ----------
    store
        Where the notes go.
    interval_s
        From ring to ring; None if it is not known.
    logger
        Where it says what it could not note.
    read
        Reads the clocks.
    microphone
        Which of several it is the time of.
    """

    def __init__(
        self,
        store: Store,
        interval_s: float | None,
        logger: logging.Logger,
        read: Callable[[], Reading] = read_clocks,
        microphone: str = "",
    ) -> None:
        self._log = store if isinstance(store, EffortLog) else None
        self._interval_s = interval_s
        self._logger = logger
        self._read = read
        self._microphone = microphone
        self._rung: Reading | None = None
        self._noted: Reading | None = None
        self._before: Outcome | None = None
        self._outcome: Outcome | None = None
        self._deployment_id: UUID | None = None
        self._withheld: list[EffortSpan] = []
        self._withheld_until: dt.datetime | None = None
        self._unwritten: deque[EffortSpan] = deque(maxlen=MOST_UNWRITTEN)
        self._written_s = float("-inf")

    def begin(self) -> None:
        """Begin a ring: the time since the last one is what came of that."""
        now = self._read()
        if self._outcome is not None and self._noted is not None and self._rung is not None:
            took_s = self._noted.monotonic_s - self._rung.monotonic_s
            waited_s = now.monotonic_s - self._noted.monotonic_s
            due_s = next_due_s(self._interval_s, took_s, waited_s)
            self._keep(spans_between(self._noted, now, self._outcome, due_s))
        self._rung, self._before = now, self._outcome
        self._outcome = self._deployment_id = None

    def belongs_to(self, deployment: Deployment) -> None:
        """Say which deployment this ring is of."""
        self._deployment_id = deployment.id

    def recorded(self, recording: Recording) -> None:
        """Note a recording; its row says from when to when, and this what was around it."""
        has_pauses = self._interval_s is None or self._interval_s > recording.duration
        self._ends_as(EffortState.PAUSED if has_pauses else EffortState.OVERLOAD)

    def withheld(self, recording: Recording, state: EffortState, reason: str) -> None:
        """Note what would have been a recording, of which nothing is kept."""
        self.recorded(recording)
        started_on, before = recording.created_on, self._withheld_until
        # What joins to the sample shall do so in the ledger, and not make a row each time.
        if before is not None and abs(started_on - before) <= ROUNDING:
            started_on = before
        ended_on = recording.created_on + dt.timedelta(seconds=recording.duration)
        self._withheld_until = ended_on
        if self._deployment_id is not None:
            self._withheld.append(
                EffortSpan(
                    deployment_id=self._deployment_id,
                    started_on=started_on,
                    ended_on=ended_on,
                    state=state,
                    reason=_short(reason),
                )
            )

    def refused(self, condition: RecordingCondition) -> None:
        """Note that a condition said no."""
        if isinstance(condition, IsInIntervals):
            self._ends_as(EffortState.NOT_SCHEDULED)
        else:
            self._ends_as(EffortState.CONDITION, type(condition).__name__)

    def failed(self, error: Exception) -> None:
        """Note that there was no recording; if the store fails, nothing is known."""
        if not isinstance(error, StoreError):
            self._ends_as(EffortState.DEVICE_FAULT, str(error) or type(error).__name__)

    def end(self, losses: Iterable[Lost] = ()) -> None:
        """End a ring, and write what is worth a write."""
        now = self._read()
        if self._outcome is not None and self._rung is not None:
            self._keep(spans_between(self._rung, now, self._outcome))
        if self._deployment_id is not None:
            self._keep([_lost(loss, self._deployment_id) for loss in losses])
        self._keep(self._withheld)
        self._withheld = []
        self._noted = now
        is_quiet = (
            self._outcome is not None
            and self._outcome.state in REFUSALS
            and self._outcome == self._before
            and now.monotonic_s - self._written_s < QUIET_S
        )
        if not is_quiet:
            self._write(now)

    def _ends_as(self, state: EffortState, reason: str = "") -> None:
        if self._deployment_id is not None:
            self._outcome = Outcome(self._deployment_id, state, _short(reason))

    def _keep(self, spans: Iterable[EffortSpan]) -> None:
        for noted in spans:
            span = noted.model_copy(update={"microphone": self._microphone})
            last = self._unwritten[-1] if self._unwritten else None
            if last is not None and _goes_on(last, span):
                self._unwritten[-1] = last.model_copy(update={"ended_on": span.ended_on})
            else:
                self._unwritten.append(span)

    def _write(self, now: Reading) -> None:
        """Write all that is not written; what cannot be is tried again at the next ring."""
        self._written_s = now.monotonic_s
        try:
            while self._log is not None and self._unwritten:
                self._log.note(self._unwritten[0])
                self._unwritten.popleft()
        except StoreError as error:
            self._logger.warning("the effort cannot be noted yet: %s", error)


def take_losses(recorder: AudioRecorder) -> list[Lost]:
    """Return what a recorder lost since it was last asked, if it is one that says so."""
    losses = getattr(recorder, "losses", None)
    return list(cast("Callable[[], Iterable[Lost]]", losses)()) if callable(losses) else []


def _lost(loss: Lost, deployment_id: UUID) -> EffortSpan:
    state = _state_of(loss)
    return EffortSpan(
        deployment_id=deployment_id,
        started_on=loss.from_instant,
        ended_on=max(loss.from_instant, loss.to_instant),
        state=state,
        reason=_short(_reason(loss, state)),
        lost_samples=0 if state is EffortState.PRIVATE else max(0, loss.samples),
        clock=ClockQuality.UNKNOWN,
    )


def _state_of(loss: Lost) -> EffortState:
    if loss.why == "private":
        return EffortState.PRIVATE
    is_fault = loss.why in DEVICE_FAULTS
    return EffortState.DEVICE_FAULT if is_fault else EffortState.DROPPED


def _goes_on(last: EffortSpan, span: EffortSpan) -> bool:
    continued = {"started_on": last.started_on, "ended_on": last.ended_on, "lost_samples": 0}
    return (
        last.ended_on == span.started_on
        and not span.lost_samples
        and span.model_copy(update=continued) == last
    )


def _reason(loss: Lost, state: EffortState) -> str:
    if state is EffortState.PRIVATE:
        return loss.detail or loss.why  # the state says the rest
    says_more = loss.detail and state is not EffortState.DROPPED
    return f"{loss.why}: {loss.detail}" if says_more else loss.why


def _short(reason: str) -> str:
    first, *_ = reason.splitlines() or [""]
    return first[:LONGEST_REASON]
