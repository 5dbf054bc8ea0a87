import os
import signal
import time
from collections.abc import Callable

import pytest

from acoupi._clock import monotonic_s
from acoupi.system.supervisor.board import Board
from acoupi.system.supervisor.children import Child, End
from acoupi.system.supervisor.policy import RestartPolicy
from acoupi.system.supervisor.verdicts import Limits

# A newer Python warns of forks beside threads that other tests have left.
pytestmark = pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded:DeprecationWarning"
)

Wait = Callable[..., None]


def working(board: Board, task_id: str, limit_s: float) -> Callable[[], int]:
    def main() -> int:
        board["detection"].report_ready()
        board["detection"].begin_task(task_id, limit_s)
        time.sleep(1000)
        return 0

    return main


def test_tasks_under_which_a_child_was_killed_are_counted_and_not_blamed_on_a_limit(
    wait_until: Wait,
) -> None:
    board, died, overran = Board(["detection"]), list[str](), list[str]()
    child = Child(
        "detection",
        working(board, "busy", limit_s=60),
        board["detection"],
        on_death=died.extend,
        on_overrun=overran.append,
    )
    child.turn(monotonic_s())
    wait_until(lambda: board["detection"].read().tasks)

    os.kill(child.pid or 0, signal.SIGKILL)
    wait_until(lambda: child.reap(monotonic_s()))

    assert (died, overran) == (["busy"], [])


def test_a_task_past_its_limit_is_counted_as_that_alone(wait_until: Wait) -> None:
    board, died, overran = Board(["detection"]), list[str](), list[str]()
    child = Child(
        "detection",
        working(board, "slow", limit_s=0),
        board["detection"],
        on_death=died.extend,
        on_overrun=overran.append,
    )
    child.turn(monotonic_s())
    wait_until(lambda: board["detection"].read().tasks)
    child.enforce_limits(monotonic_s())
    wait_until(lambda: child.reap(monotonic_s()))

    assert (died, overran) == ([], ["slow"])


def test_what_ran_in_a_child_that_took_too_much_memory_is_counted_and_told(
    wait_until: Wait,
) -> None:
    board, died, told = Board(["detection"]), list[str](), list[str]()
    ends: list[End] = []
    child = Child(
        "detection",
        working(board, "greedy", limit_s=60),
        board["detection"],
        limits=Limits(memory_mb=100),
        on_death=died.extend,
        on_end=ends.append,
        on_trouble=told.append,
    )
    child.turn(monotonic_s())
    wait_until(lambda: board["detection"].read().tasks)
    pid = child.pid or 0

    child.enforce_memory([pid, 1], 99.0, monotonic_s())
    assert child.killed_s is None
    child.enforce_memory([pid, 1], 101.0, monotonic_s())
    wait_until(lambda: child.reap(monotonic_s()))

    reason = "it took 101 MB of memory, and may have 100 MB"
    assert (died, ends) == (["greedy"], [End(frozenset({pid, 1}), reason)])
    assert told == [f"the worker detection was ended: {reason}"]
    assert child.overuse.times == 1


def test_what_a_child_was_ended_for_is_told_when_it_is_given_up(wait_until: Wait) -> None:
    board, told = Board(["detection"]), list[str]()
    child = Child(
        "detection",
        working(board, "greedy", limit_s=60),
        board["detection"],
        policy=RestartPolicy(budget=0),
        limits=Limits(memory_mb=100),
        on_trouble=told.append,
    )
    child.turn(monotonic_s())
    wait_until(lambda: board["detection"].read().tasks)
    child.enforce_memory([child.pid or 0], 101.0, monotonic_s())
    wait_until(lambda: child.reap(monotonic_s()))

    assert "given up" in told[-1]
    assert "it took 101 MB of memory, and may have 100 MB" in told[-1]


def test_a_child_that_died_says_of_what(wait_until: Wait) -> None:
    board, ends = Board(["detection"]), list[End]()
    child = Child("detection", working(board, "a", 60), board["detection"], on_end=ends.append)
    child.turn(monotonic_s())
    pid = child.pid or 0
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: child.reap(monotonic_s()))

    assert ends == [End(frozenset({pid}), "killed by SIGKILL")]


def test_a_child_that_was_asked_to_stop_has_nothing_to_explain(wait_until: Wait) -> None:
    board, ends = Board(["detection"]), list[End]()
    child = Child("detection", working(board, "a", 60), board["detection"], on_end=ends.append)
    child.turn(monotonic_s())
    child.signal(signal.SIGTERM)
    wait_until(lambda: child.reap(monotonic_s(), stopping=True))

    assert ends == []


def test_a_child_that_is_given_up_is_reported_with_the_way_it_ended(wait_until: Wait) -> None:
    told: list[str] = []
    child = Child(
        "detection",
        lambda: 7,
        Board(["detection"])["detection"],
        policy=RestartPolicy(first_delay_s=0, budget=1),
        on_trouble=told.append,
    )

    def is_told() -> bool:
        child.turn(monotonic_s())
        return bool(told)

    wait_until(is_told)

    assert child.given_up
    assert "exit code 7" in told[0]
    assert "tried again in 30 min" in told[0]


def test_a_child_that_cannot_be_forked_is_started_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_memory(_: object) -> int:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("acoupi.system.supervisor.children.fork_child", no_memory)
    child = Child("detection", lambda: 0, Board(["detection"])["detection"])

    assert not child.turn(100.0)
    assert (child.pid, child.due_s) == (None, 100.2)
