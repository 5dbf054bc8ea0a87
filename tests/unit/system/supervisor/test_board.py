import os
from uuid import uuid4

from acoupi.system.supervisor.board import MAX_TASKS, Board


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
