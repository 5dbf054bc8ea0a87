"""When the models of a sensor are said to fail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.components.stores.sqlite.failing import find_failing
from acoupi.data import Deployment, Recording

WHY = "ModelError: the model frogs is not installed"
FAILING = f"the last 3 recordings could not be analysed: {WHY}"

Make = Callable[..., Recording]
Fail = Callable[..., Recording]


@pytest.fixture
def fail(store: SqliteStore, deployment: Deployment, make_recording: Make) -> Fail:
    store.store_deployment(deployment)

    def fail(minute: int, why: str = WHY, **fields: object) -> Recording:
        recording = make_recording(minute, **fields)
        store.begin_processing(recording)
        store.fail_attempt(recording, 1, why)
        return recording

    return fail


def test_three_failures_in_a_row_are_said_to_be_the_models(
    store: SqliteStore, db_path: Path, fail: Fail
) -> None:
    fail(0), fail(1)
    assert find_failing(db_path) is None
    fail(2)
    assert find_failing(db_path) == FAILING


@pytest.mark.parametrize("minutes", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_of_several_reasons_the_latest_is_said(
    db_path: Path, fail: Fail, minutes: tuple[int, ...]
) -> None:
    for minute in minutes:
        fail(minute, f"at minute {minute}")
    assert str(find_failing(db_path)).endswith("could not be analysed: at minute 2")


def test_a_recording_that_waits_or_is_left_says_nothing_of_them(
    store: SqliteStore, db_path: Path, fail: Fail, make_recording: Make
) -> None:
    fail(0), fail(1), fail(2)
    store.store_recording(make_recording(3))
    store.end_processing(make_recording(4), "skipped", "not wanted")
    assert find_failing(db_path) == FAILING


def test_models_that_worked_since_do_not_fail(
    store: SqliteStore, db_path: Path, fail: Fail, make_recording: Make
) -> None:
    fail(0), fail(1), fail(2)
    store.end_processing(make_recording(3), "done")
    assert find_failing(db_path) is None


def test_one_microphone_may_hear_with_models_that_work(
    store: SqliteStore, db_path: Path, fail: Fail, make_recording: Make
) -> None:
    for minute in range(4):
        fail(minute, microphone="garden")
        store.end_processing(make_recording(minute, microphone="wood"), "done")
    assert find_failing(db_path) == FAILING.replace("recordings", "recordings of garden")


def test_a_new_deployment_is_not_blamed_for_the_one_before(
    store: SqliteStore, db_path: Path, deployment: Deployment, fail: Fail
) -> None:
    fail(0), fail(1), fail(2)
    store.store_deployment(Deployment(name="meadow"))
    assert find_failing(db_path) is None


def test_of_a_store_that_is_not_there_nothing_is_said(tmp_path: Path) -> None:
    assert find_failing(tmp_path / "none.db") is None
