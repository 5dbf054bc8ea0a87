"""What every store with an effort log must keep."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from acoupi.components.types import EffortLog, Store
from acoupi.data import ClockQuality, Deployment, EffortSpan, EffortState
from acoupi.testing import samples
from acoupi.testing.contracts.stores import close_if_possible

__all__ = ["EffortLogContract"]


class EffortLogContract:
    """Tests that every store with an effort log passes."""

    def make_store(self, tmp_path: Path) -> Store:
        """Return a store that keeps its data below ``tmp_path``, and is an effort log."""
        raise NotImplementedError

    @pytest.fixture
    def effort(self, tmp_path: Path) -> Iterator[EffortLog]:
        """Return the log of a store."""
        store = self.make_store(tmp_path)
        assert isinstance(store, EffortLog)
        yield store
        close_if_possible(store)

    @pytest.fixture
    def deployments(self, effort: EffortLog) -> list[Deployment]:
        """Return two deployments that are stored."""
        known = [samples.deployment("wood"), samples.deployment("meadow", minute=1)]
        for deployment in known:
            cast("Store", effort).store_deployment(deployment)
        return known

    @pytest.mark.parametrize("state", EffortState)
    def test_a_span_comes_back_with_all_its_fields(
        self, effort: EffortLog, deployments: list[Deployment], state: EffortState
    ) -> None:
        noted = span(deployments[0], 0, 3.25, state=state, clock=ClockQuality.STEPPED)
        effort.note(noted)
        assert effort.get_spans() == [noted]

    def test_a_span_that_goes_on_where_an_equal_one_ends_is_a_part_of_it(
        self, effort: EffortLog, deployments: list[Deployment]
    ) -> None:
        for second in range(5):
            effort.note(span(deployments[0], second, second + 1, lost_samples=second))
        assert effort.get_spans() == [span(deployments[0], 0, 5, lost_samples=10)]

    @pytest.mark.parametrize(
        "other",
        [
            {"state": EffortState.OVERLOAD},
            {"reason": "another"},
            {"clock": ClockQuality.SYNCHRONISED},
            {"started_on": samples.STARTED_ON + dt.timedelta(seconds=1, microseconds=1)},
        ],
    )
    def test_what_differs_or_does_not_touch_stays_apart(
        self, effort: EffortLog, deployments: list[Deployment], other: dict[str, object]
    ) -> None:
        first = span(deployments[0], 0, 1)
        second = span(deployments[0], 1, 2, **other)
        effort.note(first)
        effort.note(second)
        assert effort.get_spans() == [first, second]

    def test_each_deployment_has_spans_of_its_own(
        self, effort: EffortLog, deployments: list[Deployment]
    ) -> None:
        noted = [span(each, n, n + 1) for n, each in enumerate(deployments)]
        for each in noted:
            effort.note(each)
        assert effort.get_spans() == noted
        assert [effort.get_spans(deployment=each) for each in deployments] == [
            [each] for each in noted
        ]

    def test_those_that_reach_into_a_time_are_found_oldest_first(
        self, effort: EffortLog, deployments: list[Deployment]
    ) -> None:
        late, early, middle = (span(deployments[0], n, n + 2, reason=str(n)) for n in (8, 0, 4))
        for each in (late, early, middle):
            effort.note(each)
        assert effort.get_spans() == [early, middle, late]
        assert effort.get_spans(since=at(1), until=at(5)) == [early, middle]
        assert effort.get_spans(since=at(2), until=at(8)) == [middle]
        assert effort.get_spans(since=at(9)) == [late]
        assert effort.get_spans(until=at(0)) == []

    def test_what_was_noted_is_there_for_who_opens_the_store_next(
        self, effort: EffortLog, deployments: list[Deployment], tmp_path: Path
    ) -> None:
        noted = span(deployments[0], 0, 1)
        effort.note(noted)
        again = self.make_store(tmp_path)
        assert cast("EffortLog", again).get_spans() == [noted]
        close_if_possible(again)


def at(second: float) -> dt.datetime:
    """Return an instant, counted from a fixed one."""
    return samples.STARTED_ON + dt.timedelta(seconds=second)


def span(deployment: Deployment, start: float, end: float, **fields: object) -> EffortSpan:
    """Make a span between two seconds in which samples were dropped, if nothing else is said."""
    known: dict[str, object] = {
        "deployment_id": deployment.id,
        "started_on": at(start),
        "ended_on": at(end),
        "state": EffortState.DROPPED,
        "reason": "overrun",
        "lost_samples": 7,
    }
    return EffortSpan.model_validate(known | fields)
