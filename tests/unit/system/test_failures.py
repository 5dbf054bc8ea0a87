import datetime as dt
import os
from pathlib import Path

import pytest

from acoupi.errors import ParameterError
from acoupi.system import failures as module
from acoupi.system.failures import FailedTask, Failures, failure_id

NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def failures(tmp_path: Path) -> Failures:
    return Failures(tmp_path / "failed")


def failed(number: int) -> FailedTask:
    return FailedTask(
        id=failure_id("upload", [number], {}),
        task="upload",
        args=[number],
        error="OSError: no network",
        failed_on=NOON + dt.timedelta(minutes=number),
        attempts=4,
    )


def test_where_nothing_failed_there_is_nothing(failures: Failures, tmp_path: Path) -> None:
    assert failures.get_set_aside() == failures.get_failing() == []
    assert not failures.has_set_aside
    assert not failures.note_working("tick")
    assert list(tmp_path.iterdir()) == []


def test_what_was_set_aside_is_found_again_until_it_is_forgotten(failures: Failures) -> None:
    for number in (2, 1):
        failures.set_aside(failed(number))
    assert failures.get_set_aside() == [failed(1), failed(2)]
    failures.forget(failed(1).id)
    failures.forget(failed(1).id)
    assert failures.get_set_aside() == [failed(2)]


def test_the_same_failure_is_kept_once(failures: Failures) -> None:
    for attempts in (4, 8):
        failures.set_aside(failed(1).model_copy(update={"attempts": attempts}))
    assert [each.attempts for each in failures.get_set_aside()] == [8]


def test_a_failure_has_the_same_id_however_its_arguments_are_ordered() -> None:
    first = failure_id("upload", [1], {"a": 1, "b": 2})
    assert first == failure_id("upload", [1], {"b": 2, "a": 1})
    assert first != failure_id("upload", [2], {"a": 1, "b": 2})
    assert first != failure_id("download", [1], {"a": 1, "b": 2})


def test_the_oldest_give_way_to_the_newest(
    failures: Failures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_SET_ASIDE", 3)
    for number in range(5):
        failures.set_aside(failed(number))
        path = tmp_path / "failed" / "tasks" / f"{failed(number).id}.json"
        os.utime(path, (number, number))
    assert [each.args for each in failures.get_set_aside()] == [[2], [3], [4]]


def test_some_or_all_are_chosen_and_an_id_that_is_not_there_is_named(failures: Failures) -> None:
    for number in range(3):
        failures.set_aside(failed(number))
    assert failures.choose(None) == [failed(number) for number in range(3)]
    assert failures.choose([failed(2).id, failed(0).id]) == [failed(2), failed(0)]
    with pytest.raises(ParameterError, match="'nothing'"):
        failures.choose(["nothing"])


def test_a_task_that_keeps_failing_is_counted_from_its_first_failure(failures: Failures) -> None:
    for minute in range(3):
        error = f"OSError: {minute}"
        failures.note_failing("a/b", error, "", NOON + dt.timedelta(minutes=minute))
    [failing] = failures.get_failing()
    assert (failing.task, failing.times, failing.since) == ("a/b", 3, NOON)
    assert (failing.last_on, failing.error) == (NOON + dt.timedelta(minutes=2), "OSError: 2")
    assert failures.note_working("a/b")
    assert failures.get_failing() == []


def test_a_clock_that_was_set_back_does_not_make_it_fail_since_the_future(
    failures: Failures,
) -> None:
    earlier = NOON - dt.timedelta(days=3)
    for instant in (NOON, earlier):
        failures.note_failing("tick", "OSError: no", "", instant)
    assert failures.get_failing()[0].since == earlier


def test_a_file_that_cannot_be_read_hides_no_other(failures: Failures, tmp_path: Path) -> None:
    failures.set_aside(failed(1))
    (tmp_path / "failed" / "tasks" / "torn.json").write_text('{"id": "to')
    assert failures.get_set_aside() == [failed(1)]
