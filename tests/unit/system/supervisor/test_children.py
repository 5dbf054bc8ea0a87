import os
import signal
import time
from collections.abc import Callable

import pytest

from acoupi._clock import monotonic_s
from acoupi.system.supervisor.board import Board
from acoupi.system.supervisor.children import Child
from acoupi.system.supervisor.policy import RestartPolicy

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
