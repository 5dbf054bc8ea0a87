from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from pydantic import BaseModel

from acoupi._claims import Owner
from acoupi._clock import boot_s
from acoupi.programs import AcoupiProgram
from acoupi.programs.core.lateness import STAMP, lateness_s, stamp

HERE = Owner.this_process()


def rung(seconds_ago: float, lifetime_s: float = 10) -> dict[str, object]:
    return stamp(lifetime_s) | {"rung_s": 1000 - seconds_ago}


@pytest.mark.parametrize(("ago_s", "late_s"), [(0, None), (9.5, None), (10.5, 0.5), (70, 60)])
def test_a_run_is_late_once_its_interval_has_passed(ago_s: float, late_s: float | None) -> None:
    assert lateness_s(rung(ago_s), HERE, now_s=1000) == late_s


def test_a_run_from_before_the_computer_was_restarted_is_late() -> None:
    restarted = replace(HERE, boot="another")
    assert lateness_s(rung(0), restarted, now_s=5) == 5


def test_a_run_that_another_computer_asked_for_is_in_time() -> None:
    elsewhere = replace(HERE, machine="another", boot="another")
    assert lateness_s(rung(70), elsewhere, now_s=1000) is None


class Nothing(BaseModel):
    """No configuration."""


class Listener(AcoupiProgram[Nothing]):
    """Notes when it was run."""

    runs: list[str]

    def setup(self, config: Nothing) -> None:
        self.runs = []

        def listen(who: str) -> None:
            self.runs.append(who)

        self.add_task(listen)


@pytest.fixture
def program() -> Iterator[Listener]:
    with Celery(broker="memory://", set_as_current=False) as app:
        app.conf.task_ignore_result = True
        program = Listener(Nothing(), app)
        with start_worker(app, perform_ping_check=False):
            yield program


def test_a_worker_skips_what_comes_too_late(
    program: Listener, wait_until: Callable[..., None]
) -> None:
    task = program.tasks["listen"]
    late = stamp(10) | {"rung_s": boot_s() - 60}
    task.apply_async(("late",), headers={STAMP: late})
    task.apply_async(("in time",), headers={STAMP: stamp(10)})
    task.apply_async(("by hand",))
    wait_until(lambda: "by hand" in program.runs)
    assert program.runs == ["in time", "by hand"]
