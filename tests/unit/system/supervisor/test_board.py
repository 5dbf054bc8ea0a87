import os
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from acoupi.system.supervisor.board import MAX_ABANDONED, MAX_TASKS, Board

# A newer Python warns of forks beside threads that other tests have left.
pytestmark = pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded:DeprecationWarning"
)


def test_what_a_child_writes_its_parent_reads() -> None:
    board = Board(["recording", "detection"])
    board["recording"].clear()
    task_id = str(uuid4())

    pid = os.fork()
    if not pid:
        board["recording"].report_ready()
        board["recording"].begin_task(task_id, limit_s=60)
        os._exit(0)
    os.waitpid(pid, 0)

    vitals = board["recording"].read()
    assert 0 < vitals.started_s <= vitals.ready_s
    assert [task.task_id for task in vitals.tasks] == [task_id]
    assert vitals.tasks[0].deadline_s >= vitals.ready_s + 60
    assert board["detection"].read().tasks == ()


def test_a_task_that_ended_has_no_deadline() -> None:
    slot = Board(["recording"])["recording"]
    slot.begin_task(str(uuid4()), 1)
    keep = str(uuid4())
    slot.begin_task(keep, 1)
    first = slot.read().tasks[0].task_id

    slot.end_task(first)
    slot.end_task("unknown")

    assert len(slot.read().tasks) == 1


def test_a_new_child_starts_with_a_clean_slot() -> None:
    slot = Board(["recording"])["recording"]
    slot.report_ready()
    slot.begin_task(str(uuid4()), 1)

    slot.clear()

    assert slot.read().ready_s == 0
    assert slot.read().tasks == ()


def test_more_tasks_than_fit_run_untimed() -> None:
    slot = Board(["recording"])["recording"]
    ids = [str(uuid4()) for _ in range(MAX_TASKS + 1)]

    for task_id in ids:
        slot.begin_task(task_id, 1)
    for task_id in ids:
        slot.end_task(task_id)

    assert slot.read().tasks == ()


def test_a_task_may_have_any_id() -> None:
    slot = Board(["recording"])["recording"]

    slot.begin_task("nightly-summary-ü", 1)

    assert [task.task_id for task in slot.read().tasks] == ["nightly-summary-ü"]


def test_processes_that_share_a_slot_each_keep_to_their_place() -> None:
    board = Board(["detection"])
    for place, task_id in enumerate(["first", "second"]):
        pid = os.fork()
        if not pid:
            board["detection"].keep_to(place)
            board["detection"].begin_task(task_id, 1)
            os._exit(0)
        os.waitpid(pid, 0)

    assert {task.task_id for task in board["detection"].read().tasks} == {"first", "second"}


def test_who_takes_the_place_of_a_process_that_died_forgets_its_task() -> None:
    board = Board(["detection"])
    board["detection"].keep_to(3)
    board["detection"].begin_task("interrupted", 1)

    board["detection"].keep_to(3)

    assert board["detection"].read().tasks == ()


def test_the_recording_that_was_reported_last_counts_though_the_clock_was_set_back() -> None:
    board = Board(["recording", "other"])
    later, earlier = (datetime(2026, 5, 1, hour, tzinfo=UTC) for hour in (14, 13))
    assert board.last_recorded_on is None

    board["recording"].report_recording(later)
    board["other"].report_recording(earlier)

    assert board.last_recorded_on == earlier


def test_a_new_child_does_not_make_the_last_recording_unknown() -> None:
    board = Board(["recording"])
    ended_on = datetime(2026, 5, 1, 14, tzinfo=UTC)
    board["recording"].report_recording(ended_on)

    board["recording"].clear()

    assert board.last_recorded_on == ended_on


def test_the_latest_tasks_that_are_abandoned_are_known_to_all() -> None:
    abandoned = Board(["recording"]).abandoned
    assert abandoned.read() == frozenset()

    for i in range(MAX_ABANDONED + 1):
        abandoned.add(f"task-{i}")

    assert len(abandoned) == MAX_ABANDONED + 1
    assert abandoned.read() == {f"task-{i}" for i in range(1, MAX_ABANDONED + 1)}
