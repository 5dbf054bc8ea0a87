import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, strategies as st

from acoupi.components.summariser import (
    StatisticsDetectionsSummariser,
    ThresholdsDetectionsSummariser,
    mean,
)
from acoupi.data import MessageType, ModelOutput

NOW = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
X, Y = ("species", "x"), ("species", "y")


class MemoryStore:
    """Gives what lies between two instants, both included, as third-party stores may."""

    def __init__(self, *outputs: ModelOutput) -> None:
        self.outputs = outputs

    def get_model_outputs(
        self, *, after: dt.datetime | None = None, before: dt.datetime | None = None
    ) -> Sequence[ModelOutput]:
        return [o for o in self.outputs if after and before and after <= o.created_on <= before]


def summary(summariser: Any, now: dt.datetime = NOW) -> dict[str, Any]:
    message = summariser.build_summary(now)
    assert message.message_type == MessageType.SUMMARY
    return json.loads(message.content)


def test_statistics_describe_each_tag_value(make_output: Any) -> None:
    store = MemoryStore(
        make_output((0.9, {X: 0.9, Y: 0.25}), (0.8, {X: 0.4}), created_on=NOW - HOUR / 2),
        make_output((0.7, {X: 0.5}), created_on=NOW - HOUR / 4),
    )
    assert summary(StatisticsDetectionsSummariser(store)) == {
        "x": {"mean": 0.6, "min": 0.4, "max": 0.9, "count": 3},
        "y": {"mean": 0.25, "min": 0.25, "max": 0.25, "count": 1},
        "timeinterval": {
            "starttime": "2024-01-01T11:00:00+00:00",
            "endtime": "2024-01-01T12:00:00+00:00",
        },
    }


def test_frequencies_that_were_measured_are_not_counted_as_if_they_were_names(
    make_output: Any,
) -> None:
    found = (0.9, {("activity", "audible"): 0.9, ("peak_frequency_hz", "4125"): 0.9})
    store = MemoryStore(make_output(found, created_on=NOW - HOUR / 2))
    assert {*summary(StatisticsDetectionsSummariser(store))} == {"audible", "timeinterval"}


def test_thresholds_count_and_average_in_three_bands(make_output: Any) -> None:
    scores = [0.05, 0.1, 0.3, 0.5, 0.8999, 0.9, 1.0]
    store = MemoryStore(
        make_output(*[(0.9, {X: score}) for score in scores], created_on=NOW - HOUR / 2)
    )
    assert summary(ThresholdsDetectionsSummariser(store))["x"] == {
        "count_low_threshold": 2,
        "count_mid_threshold": 2,
        "count_high_threshold": 2,
        "mean_low_threshold": 0.2,
        "mean_mid_threshold": 0.7,
        "mean_high_threshold": 0.95,
    }


@pytest.mark.parametrize(
    ("thresholds", "counts"),
    [((0.1, 0.5, 0.9), (1, 1, 1)), ((0.1, 0.2, 0.3), (0, 0, 3)), ((0.1, 0.5, 0.99), (1, 2, 0))],
)
def test_each_of_the_three_thresholds_is_used(
    make_output: Any, thresholds: tuple[float, ...], counts: tuple[int, ...]
) -> None:
    output = make_output(*[(1, {X: s}) for s in (0.4, 0.6, 0.95)], created_on=NOW - HOUR / 2)
    figures = summary(ThresholdsDetectionsSummariser(MemoryStore(output), 3600, *thresholds))["x"]
    assert tuple(figures[f"count_{band}_threshold"] for band in ("low", "mid", "high")) == counts


@pytest.mark.parametrize("kind", [StatisticsDetectionsSummariser, ThresholdsDetectionsSummariser])
def test_a_stretch_without_detections_is_summarised_too(kind: Any) -> None:
    assert set(summary(kind(MemoryStore()))) == {"timeinterval"}


@pytest.mark.parametrize("interval", [1800, 1800.0, dt.timedelta(minutes=30)])
def test_an_interval_is_seconds_or_a_timedelta(interval: Any) -> None:
    times = summary(StatisticsDetectionsSummariser(MemoryStore(), interval))["timeinterval"]
    assert times["starttime"] == "2024-01-01T11:30:00+00:00"


def test_consecutive_summaries_count_each_output_once(make_output: Any) -> None:
    edges = [NOW - 2 * HOUR, NOW - HOUR, NOW - HOUR / 2, NOW]
    store = MemoryStore(*[make_output((1, {X: 1}), created_on=edge) for edge in edges])
    summariser = StatisticsDetectionsSummariser(store, HOUR)
    counts = [
        summary(summariser, NOW + n * HOUR).get("x", {"count": 0})["count"] for n in (-1, 0, 1)
    ]
    assert counts == [1, 2, 1]


@given(st.lists(st.floats(0, 1), min_size=1))
def test_a_mean_lies_between_the_least_and_the_greatest(scores: list[float]) -> None:
    assert min(scores) - 0.001 <= mean(scores) <= max(scores) + 0.001


def test_the_mean_of_nothing_is_zero() -> None:
    assert mean([]) == 0
