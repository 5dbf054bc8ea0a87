"""What a worker does with tasks that come too late, or too early."""

import datetime as dt
import time
from collections.abc import Callable, Iterator

import pytest
from celery import Celery, Task, signals
from celery.contrib.testing.worker import start_worker
from pydantic import BaseModel

from acoupi._clock import boot_s, utc_now
from acoupi.programs import AcoupiProgram
from acoupi.programs.core import countdown
from acoupi.programs.core.lateness import STAMP, stamp

Wait = Callable[..., None]


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


@pytest.fixture(scope="module")
def logging_as_it_is() -> Iterator[None]:
    """Keep Celery from setting up logging, for all tests that follow."""

    def keep(**_: object) -> None: ...

    signals.setup_logging.connect(keep)
    yield
    signals.setup_logging.disconnect(keep)


@pytest.fixture(scope="module")
def working(logging_as_it_is: None) -> Iterator[Listener]:
    """A program whose worker runs; to stop one takes seconds."""
    with Celery(broker="memory://", set_as_current=False) as app:
        app.conf.update(task_ignore_result=True, task_acks_late=True)
        program = Listener(Nothing(), app)
        with start_worker(app, perform_ping_check=False):
            yield program


@pytest.fixture
def program(working: Listener) -> Listener:
    working.runs.clear()
    return working


@pytest.fixture
def too_late() -> dict[str, object]:
    return {STAMP: stamp(10) | {"rung_s": boot_s() - 60}}


def test_what_comes_too_late_is_not_run(
    program: Listener, too_late: dict[str, object], wait_until: Wait
) -> None:
    task = program.tasks["listen"]
    task.apply_async(("late",), headers=too_late)
    task.apply_async(("in time",), headers={STAMP: stamp(10)})
    task.apply_async(("by hand",))
    wait_until(lambda: "by hand" in program.runs)
    assert program.runs == ["in time", "by hand"]


def test_another_attempt_is_not_late(
    program: Listener, too_late: dict[str, object], wait_until: Wait
) -> None:
    program.tasks["listen"].apply_async(("again",), headers=too_late, retries=1)
    wait_until(lambda: program.runs)
    assert program.runs == ["again"]


def test_what_is_not_run_is_no_success(
    program: Listener, too_late: dict[str, object], wait_until: Wait
) -> None:
    ended: list[str] = []

    def note(sender: Task, **_: object) -> None:
        ended.extend(sender.request.args)

    signals.task_success.connect(note)
    program.tasks["listen"].apply_async(("late",), headers=too_late)
    program.tasks["listen"].apply_async(("by hand",))
    wait_until(lambda: ended)
    assert ended == ["by hand"]


def test_a_worker_waits_as_long_as_it_was_asked_to(program: Listener, wait_until: Wait) -> None:
    begun_s = time.monotonic()
    program.tasks["listen"].apply_async(("soon",), countdown=1)
    wait_until(lambda: program.runs)
    assert time.monotonic() - begun_s >= 1


def test_a_worker_does_not_wait_for_a_time_of_before_the_clock_was_set_back(
    program: Listener, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = utc_now() + dt.timedelta(days=20_000)
    monkeypatch.setattr(countdown, "utc_now", lambda: before)
    until = before + dt.timedelta(seconds=0.2)
    program.tasks["listen"].apply_async(("soon",), eta=until)
    wait_until(lambda: program.runs)
