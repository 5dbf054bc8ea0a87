"""Children that are in a state, and do nothing."""

from collections.abc import Callable

import pytest

from acoupi.system.supervisor.board import Board
from acoupi.system.supervisor.children import Child
from acoupi.system.supervisor.policy import History

MakeChild = Callable[..., Child]


@pytest.fixture
def make_child() -> MakeChild:
    """``make_child(name, state)``: running, starting, dying, or given up."""

    def make(name: str, state: str = "running") -> Child:
        child = Child(name, lambda: 0, Board([name])[name])
        if state in ("running", "starting"):
            child.pid, child.due_s = 1, None
        if state == "running":
            child.slot.report_ready()
        if state == "dying":
            child.history = History((1.0, 2.0, 3.0, 4.0))
        if state == "given up":
            child.history, child.due_s = History(rests=1), 1800.0
        return child

    return make
