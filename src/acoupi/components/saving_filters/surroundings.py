"""Keep what was heard shortly before and after a detection, too."""

import datetime as dt
import math
from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable
from uuid import UUID

from acoupi._clock import monotonic_s, utc_now
from acoupi.components.saving_filters.results import SavingThreshold
from acoupi.data import Deployment, Detection, ModelOutput, Recording
from acoupi.errors import ParameterError

__all__ = ["SavingSurroundings", "TimeIndex"]

Span = tuple[dt.datetime, dt.datetime]

PATIENCE_S = 60.0
LONGEST_WAIT_S = 600.0


@runtime_checkable
class TimeIndex(Protocol):
    """A store that finds recordings by their time, and knows which are processed."""

    def get_recordings_between(
        self, since: dt.datetime, until: dt.datetime, deployment: Deployment
    ) -> list[tuple[Recording, list[ModelOutput]]]:
        """Return the recordings of a deployment that reach into a stretch of time."""
        ...

    def is_processed(self, recording: Recording) -> bool:
        """Tell whether processing has ended, one way or another."""
        ...


class SavingSurroundings(SavingThreshold):
    """Keep a recording with a good detection, and those that lie around such a detection.

    A neighbour may be judged later than the recording itself; so this filter
    asks to wait for it (``can_judge``). If that takes too long, the recording
    is kept, since nobody knows what is beside it.

    Parameters
    ----------
    store
        Finds the neighbours, whether or not their files were kept.
    saving_threshold
        The lowest score that counts.
    pre_roll_s, post_roll_s
        How long before the start and after the end of a detection is kept.
    patience_s
        How long after the end of what is to come it may be stored: longer than
        a recording.
    longest_wait_s
        When to wait no longer for neighbours that nobody judges.
    now, clock_s
        Tell the time, and measure the waiting.
    """

    def __init__(
        self,
        store: TimeIndex,
        saving_threshold: float,
        pre_roll_s: float = 0,
        post_roll_s: float = 0,
        *,
        patience_s: float = PATIENCE_S,
        longest_wait_s: float = LONGEST_WAIT_S,
        now: Callable[[], dt.datetime] = utc_now,
        clock_s: Callable[[], float] = monotonic_s,
    ) -> None:
        super().__init__(saving_threshold)
        if not (0 <= pre_roll_s < math.inf and 0 <= post_roll_s < math.inf):
            raise ParameterError((pre_roll_s, post_roll_s), "what is kept around must not be < 0")
        self.store = store
        self.pre_roll = dt.timedelta(seconds=pre_roll_s)
        self.post_roll = dt.timedelta(seconds=post_roll_s)
        self.patience = dt.timedelta(seconds=patience_s)
        self.longest_wait_s = longest_wait_s
        self._now = now
        self._clock_s = clock_s
        self._asked_s: dict[UUID, float] = {}

    def __str__(self) -> str:
        before, after = self.pre_roll.total_seconds(), self.post_roll.total_seconds()
        return f"{super().__str__()}, with {before:g} s before and {after:g} s after"

    def wants(self, detection: Detection) -> bool:
        """Tell whether a detection is one to keep the surroundings of."""
        return detection.detection_score >= self.saving_threshold

    def should_save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> bool:
        """Tell whether such a detection is in the recording, or near it, or might be."""
        if any(map(self.has_confident_model_output, model_outputs or [])):
            return True
        neighbours = self._neighbours(recording)
        return any(
            self._has_near_detection(recording, outputs) or not self.store.is_processed(neighbour)
            for neighbour, outputs in neighbours
        )

    def has_confident_model_output(self, model_output: ModelOutput) -> bool:
        """Tell whether one output has such a detection."""
        return any(map(self.wants, model_output.detections))

    def can_judge(self, recording: Recording) -> bool:
        """Tell whether all that lies near the recording is known, or was waited for in vain."""
        if self._is_surrounded(recording) or self._has_waited(recording):
            self._asked_s.pop(recording.id, None)
            return True
        return False

    def _is_surrounded(self, recording: Recording) -> bool:
        neighbours = [neighbour for neighbour, _ in self._neighbours(recording)]
        heard_until = max(span_of(each)[1] for each in (recording, *neighbours))
        is_heard = heard_until >= self._reach(recording)[1] or self._is_over(recording)
        return is_heard and all(map(self.store.is_processed, neighbours))

    def _is_over(self, recording: Recording) -> bool:
        """Tell whether what is to come near a recording must have been stored by now."""
        return self._now() >= self._reach(recording)[1] + self.patience

    def _has_waited(self, recording: Recording) -> bool:
        # By a clock that nobody can set back.
        asked_s = self._asked_s.setdefault(recording.id, self._clock_s())
        return self._clock_s() - asked_s >= self.longest_wait_s

    def _neighbours(self, recording: Recording) -> list[tuple[Recording, list[ModelOutput]]]:
        since, until = self._reach(recording)
        near = self.store.get_recordings_between(since, until, recording.deployment)
        return [
            (each, outputs)
            for each, outputs in near
            if each.id != recording.id and _is_of_the_same_microphone(each, recording)
        ]

    def _reach(self, recording: Recording) -> Span:
        """Return from when to when a detection is near the recording."""
        start, end = span_of(recording)
        return start - self.post_roll, end + self.pre_roll

    def _has_near_detection(self, recording: Recording, outputs: list[ModelOutput]) -> bool:
        since, until = self._reach(recording)
        return any(start <= until and end >= since for start, end in self._wanted_spans(outputs))

    def _wanted_spans(self, outputs: list[ModelOutput]) -> Iterator[Span]:
        for output in outputs:
            for detection in filter(self.wants, output.detections):
                yield detection_span(detection, output.recording)


def span_of(recording: Recording) -> Span:
    """Return the instants at which a recording begins and ends."""
    return recording.created_on, recording.created_on + dt.timedelta(seconds=recording.duration)


def detection_span(detection: Detection, recording: Recording) -> Span:
    """Return the instants at which a detection begins and ends: the recording's, if unknown."""
    start, end = span_of(recording)
    if detection.location is None:
        return start, end
    start_s, _, end_s, _ = detection.location.coordinates
    return (
        start if math.isnan(start_s) else start + dt.timedelta(seconds=start_s),
        end if math.isnan(end_s) else start + dt.timedelta(seconds=end_s),
    )


def _is_of_the_same_microphone(one: Recording, other: Recording) -> bool:
    first, second = (getattr(each, "microphone", "") for each in (one, other))
    return first == second
