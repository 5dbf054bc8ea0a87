"""Summaries of what was detected in a stretch of time, by the value of the tags."""

import datetime as dt
import json
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

from acoupi.components.types import Summariser
from acoupi.data import Message, MessageType, ModelOutput

__all__ = ["StatisticsDetectionsSummariser", "ThresholdsDetectionsSummariser"]

DECIMALS = 3
MEASURED = "_hz"
"""How the key of a tag ends that holds no name but a frequency."""

Figures = dict[str, float]


class _OutputStore(Protocol):
    def get_model_outputs(
        self, *, after: dt.datetime | None = None, before: dt.datetime | None = None
    ) -> Sequence[ModelOutput]: ...


class _DetectionsSummariser(Summariser):
    """Describe the confidences of each tag value in the outputs of the last ``interval``."""

    def __init__(self, store: _OutputStore, interval: float | dt.timedelta = 3600) -> None:
        self.store = store
        self.interval = (
            interval if isinstance(interval, dt.timedelta) else dt.timedelta(seconds=interval)
        )

    def build_summary(self, now: dt.datetime) -> Message:
        """Build the summary of the outputs made from ``now - interval`` up to ``now``.

        The content is JSON: for each tag value its figures, and under
        ``timeinterval`` the ``starttime`` and ``endtime``.
        """
        start = now - self.interval
        outputs = self.store.get_model_outputs(after=start, before=now)
        made_then = [output for output in outputs if start <= output.created_on < now]
        content: dict[str, object] = {
            value: self._describe(scores) for value, scores in scores_by_value(made_then).items()
        }
        content["timeinterval"] = {"starttime": start.isoformat(), "endtime": now.isoformat()}
        return Message(content=json.dumps(content), message_type=MessageType.SUMMARY)

    @abstractmethod
    def _describe(self, scores: Sequence[float]) -> Figures: ...


class StatisticsDetectionsSummariser(_DetectionsSummariser):
    """Summarise each tag value by the mean, least and greatest confidence and their count.

    Parameters
    ----------
    store
        Where the outputs are.
    interval
        How far back a summary reaches, in seconds or as a timedelta.
    """

    def _describe(self, scores: Sequence[float]) -> Figures:
        return {
            "mean": mean(scores),
            "min": round(min(scores), DECIMALS),
            "max": round(max(scores), DECIMALS),
            "count": len(scores),
        }


class ThresholdsDetectionsSummariser(_DetectionsSummariser):
    """Summarise each tag value by the count and mean of its confidences in three bands.

    Parameters
    ----------
    store
        Where the outputs are.
    interval
        How far back a summary reaches, in seconds or as a timedelta.
    low_band_threshold, mid_band_threshold, high_band_threshold
        Where each band begins; it ends where the next begins, the high one
        never. Confidences below the low band are not counted.
    """

    def __init__(
        self,
        store: _OutputStore,
        interval: float | dt.timedelta = 3600,
        low_band_threshold: float = 0.1,
        mid_band_threshold: float = 0.5,
        high_band_threshold: float = 0.9,
    ) -> None:
        super().__init__(store, interval)
        self.low_band_threshold = low_band_threshold
        self.mid_band_threshold = mid_band_threshold
        self.high_band_threshold = high_band_threshold

    def _describe(self, scores: Sequence[float]) -> Figures:
        low, mid, high = (
            self.low_band_threshold,
            self.mid_band_threshold,
            self.high_band_threshold,
        )
        bands = {
            "low": [score for score in scores if low <= score < mid],
            "mid": [score for score in scores if mid <= score < high],
            "high": [score for score in scores if score >= high],
        }
        counts: Figures = {f"count_{name}_threshold": len(band) for name, band in bands.items()}
        return counts | {f"mean_{name}_threshold": mean(band) for name, band in bands.items()}


def scores_by_value(outputs: Sequence[ModelOutput]) -> dict[str, list[float]]:
    """Collect the confidences of all predicted tags, by the tags' values.

    What was measured of a sound is left out: each would be a value of its own.
    """
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for output in outputs:
        for detection in output.detections:
            for predicted in detection.tags:
                if predicted.tag.key.endswith(MEASURED):
                    continue
                scores[predicted.tag.value].append(predicted.confidence_score)
    return dict(scores)


def mean(scores: Sequence[float]) -> float:
    """Return the mean, rounded; 0 for no scores at all."""
    return round(sum(scores) / len(scores), DECIMALS) if scores else 0
