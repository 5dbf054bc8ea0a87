import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from acoupi.components.stores import SqliteStore
from acoupi.components.stores.sqlite.effort import read_effort
from acoupi.components.stores.sqlite.schema import MIGRATIONS
from acoupi.components.types import EffortLog
from acoupi.data import ClockQuality, Deployment, EffortSpan, EffortState, Recording
from acoupi.data.account import account

START = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)


def second(number: float) -> dt.datetime:
    return START + dt.timedelta(seconds=number)


def span(
    deployment: Deployment,
    start_s: float,
    end_s: float,
    state: EffortState = EffortState.PAUSED,
    reason: str = "",
    lost_samples: int = 0,
    clock: ClockQuality = ClockQuality.SYNCHRONISED,
) -> EffortSpan:
    return EffortSpan(
        deployment_id=deployment.id,
        started_on=second(start_s),
        ended_on=second(end_s),
        state=state,
        reason=reason,
        lost_samples=lost_samples,
        clock=clock,
    )


def test_a_span_comes_back_as_it_was_noted(store: SqliteStore, deployment: Deployment) -> None:
    noted = span(deployment, 0.5, 3, EffortState.DROPPED, "overrun", 12, ClockQuality.STEPPED)
    store.note(noted)
    assert isinstance(store, EffortLog)
    assert store.get_spans() == [noted]


def test_a_night_of_equal_spans_is_one_row(store: SqliteStore, deployment: Deployment) -> None:
    for n in range(100):
        store.note(span(deployment, 10 * n, 10 * n + 10, EffortState.NOT_SCHEDULED))
    assert store.get_spans() == [span(deployment, 0, 1000, EffortState.NOT_SCHEDULED)]


def test_samples_lost_one_after_the_other_are_added_up(
    store: SqliteStore, deployment: Deployment
) -> None:
    for n in range(5):
        store.note(span(deployment, n, n + 1, EffortState.DROPPED, "overrun", 100))
    assert store.get_spans() == [span(deployment, 0, 5, EffortState.DROPPED, "overrun", 500)]


@pytest.mark.parametrize(
    "other",
    [
        {"state": EffortState.OVERLOAD},
        {"reason": "Dawn"},
        {"clock": ClockQuality.UNSYNCHRONISED},
        {"started_on": second(10.001)},
    ],
)
def test_what_differs_or_does_not_touch_is_a_row_of_its_own(
    store: SqliteStore, deployment: Deployment, other: dict[str, object]
) -> None:
    store.note(span(deployment, 0, 10))
    store.note(span(deployment, 10, 20).model_copy(update=other))
    assert len(store.get_spans()) == 2


def test_spans_are_found_by_time_and_deployment(
    store: SqliteStore, deployment: Deployment
) -> None:
    other = Deployment(name="meadow")
    store.note(span(deployment, 0, 10))
    store.note(span(deployment, 20, 30))
    store.note(span(other, 0, 30))
    found = store.get_spans(since=second(10), until=second(21), deployment=deployment)
    assert found == [span(deployment, 20, 30)]


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.integers(0, 20),
            st.integers(0, 5),
            st.sampled_from([EffortState.PAUSED, EffortState.CONDITION, EffortState.DROPPED]),
            st.integers(0, 2),
        )
    )
)
def test_merging_changes_neither_the_account_nor_the_lost_samples(
    store: SqliteStore, notes: list[tuple[int, int, EffortState, int]]
) -> None:
    deployment = Deployment(name="wood")
    noted = [
        span(deployment, start, start + length, state, "", lost)
        for start, length, state, lost in notes
    ]
    for each in noted:
        store.note(each)
    kept = store.get_spans(deployment=deployment)
    assert account(second(0), second(30), kept) == account(second(0), second(30), noted)
    assert sum(each.lost_samples for each in kept) == sum(each.lost_samples for each in noted)


def test_what_was_recorded_is_read_also_where_the_file_was_let_go(
    store: SqliteStore,
    db_path: Path,
    deployment: Deployment,
    make_recording: Callable[..., Recording],
) -> None:
    recording = make_recording(minute=1)
    store.store_recording(recording)
    store.update_recording_path(recording, None)
    store.note(span(deployment, 0, 600))
    [noted] = read_effort(db_path)
    assert noted.deployment == deployment
    assert [each.started_on for each in noted.recorded] == [recording.created_on]
    assert noted.last_on == second(600)


def test_only_the_time_asked_for_is_read_with_what_reaches_into_it(
    store: SqliteStore, db_path: Path, make_recording: Callable[..., Recording]
) -> None:
    for minute in (1, 2, 3):
        store.store_recording(make_recording(minute=minute, duration=30))
    [noted] = read_effort(db_path, since=second(75), until=second(180))
    assert [each.started_on for each in noted.recorded] == [second(60), second(120)]


def test_deployments_are_found_by_name_and_by_id(store: SqliteStore, db_path: Path) -> None:
    stays = [Deployment(name=name, started_on=second(n)) for n, name in enumerate("aba")]
    for stay in stays:
        store.store_deployment(stay)
    assert [noted.deployment for noted in read_effort(db_path, "a")] == [stays[0], stays[2]]
    assert [noted.deployment for noted in read_effort(db_path, str(stays[1].id))] == [stays[1]]
    assert [noted.deployment for noted in read_effort(db_path)] == [stays[2]]
    assert read_effort(db_path, "nowhere") == []


def test_no_store_is_no_effort(tmp_path: Path) -> None:
    assert read_effort(tmp_path / "nothing.db") == []


def test_a_database_of_the_version_before_is_brought_along(
    tmp_path: Path, deployment: Deployment
) -> None:
    path = tmp_path / "metadata.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for step in MIGRATIONS[:3]:
            step(connection)
        connection.execute("PRAGMA user_version = 3")
    store = SqliteStore(path)
    store.note(span(deployment, 0, 10))
    assert store.get_spans() == [span(deployment, 0, 10)]
    assert path.with_name("metadata.db.bak-v3").exists()
    store.close()
