import pytest

from acoupi.system.supervisor.verdicts import (
    Limits,
    RunningTask,
    Verdict,
    Vitals,
    is_stuck,
    judge,
    judge_memory,
)

LIMITS = Limits(start_s=300, stall_s=60)


def running(*deadlines_s: float) -> tuple[RunningTask, ...]:
    return tuple(RunningTask(f"task-{t:g}", t) for t in deadlines_s)


@pytest.mark.parametrize(
    ("vitals", "now_s"),
    [
        (Vitals(started_s=10), 309),
        (Vitals(10, ready_s=12, progress_s=100), 159),
        (Vitals(10, ready_s=12, progress_s=100, tasks=running(1000)), 999),
    ],
)
def test_a_child_within_its_limits_goes_on(vitals: Vitals, now_s: float) -> None:
    assert judge(vitals, LIMITS, now_s) is None


def test_a_task_past_its_limit_ends_its_worker_and_is_not_tried_again() -> None:
    vitals = Vitals(10, ready_s=12, progress_s=99, tasks=running(90, 100, 200))

    verdict = judge(vitals, LIMITS, 100)

    assert verdict is not None
    assert verdict.task_ids == ("task-90", "task-100")


def test_a_child_that_never_becomes_ready_is_ended() -> None:
    assert judge(Vitals(started_s=10), LIMITS, 310) == Verdict("not ready after 300 s")


def test_a_child_whose_loop_stands_still_is_ended() -> None:
    stalled = Vitals(10, ready_s=12, progress_s=100)

    assert judge(stalled, LIMITS, 160) == Verdict("no progress for 60 s")


def test_a_loop_that_runs_a_task_itself_may_stand_still_as_long_as_the_task_may() -> None:
    busy = Vitals(10, ready_s=12, progress_s=100, tasks=running(500))

    assert judge(busy, LIMITS, 400) is None
    assert judge(busy, LIMITS, 500) is not None


def test_a_loop_beside_its_tasks_may_stand_still_for_a_while_only() -> None:
    busy = Vitals(10, ready_s=12, progress_s=100, tasks=running(500))
    limits = Limits(start_s=300, stall_s=60, busy_stall_s=120)

    assert judge(busy, limits, 219) is None
    assert judge(busy, limits, 220) == Verdict("no progress for 120 s")


@pytest.mark.parametrize(
    ("killed_s", "now_s", "stuck"),
    [(None, 1e9, False), (100, 109, False), (100, 110, True)],
)
def test_only_a_child_that_outlives_its_end_is_stuck(
    killed_s: float | None, now_s: float, stuck: bool
) -> None:
    assert is_stuck(killed_s, now_s) is stuck


def test_a_child_with_more_memory_than_it_may_have_is_ended() -> None:
    limits = Limits(memory_mb=300)

    assert judge_memory(300, limits) is None
    assert judge_memory(1e9, Limits()) is None
    assert judge_memory(412.3, limits) == Verdict("it took 412 MB of memory, and may have 300 MB")
