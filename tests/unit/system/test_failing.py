# pyright: basic, reportPrivateImportUsage=false
# Celery has no type information.
"""Tasks that fail, in a real worker of Celery."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, signals
from celery.contrib.testing.worker import start_worker
from celery.worker import state
from pydantic import BaseModel

from acoupi.programs.core.codec import register_models
from acoupi.system.failing import MAX_RETRIES, FailureWatch, send_again
from acoupi.system.failures import Failures

register_models()


class Sound(BaseModel):
    name: str


class Tasks:
    """An app with a task that is handed something and one that is not."""

    def __init__(self) -> None:
        self.works = False
        self.runs: list[Any] = []
        self.app = Celery("app", broker="memory://", set_as_current=False)
        self.app.conf.update(
            task_acks_late=True,
            task_ignore_result=True,
            broker_transport_options={"polling_interval": 0.01},
        )
        self.app.conf.task_routes = {"upload": {"queue": "uploads"}}

        def upload(sound: Sound, loud: bool = False) -> None:
            self.work(sound)

        def tick() -> None:
            self.work("tick")

        self.upload: Any = self.app.task(upload, name="upload", shared=False)
        self.tick: Any = self.app.task(tick, name="tick", shared=False)
        self.watch = FailureWatch(Failures(Path("/nonexistent")), self.app)

    def work(self, what: Any) -> None:
        self.runs.append(what)
        if not self.works:
            raise OSError("no network")


def keep_logging(**_: Any) -> None:
    """Leave logging to the other tests as it is."""


@pytest.fixture(scope="module")
def running_tasks() -> Generator[Tasks]:
    tasks = Tasks()
    tasks.watch.connect()
    signals.setup_logging.connect(keep_logging)
    options: Any = {"queues": ["uploads", "celery"], "shutdown_timeout": 20}
    worker: Any = start_worker(tasks.app, pool="solo", perform_ping_check=False, **options)
    with worker:
        yield tasks
    signals.setup_logging.disconnect(keep_logging)
    signals.task_failure.disconnect(tasks.watch.on_failure)
    signals.task_success.disconnect(tasks.watch.on_success)
    signals.task_revoked.disconnect(tasks.watch.on_revoked)


@pytest.fixture
def failures(tmp_path: Path) -> Failures:
    return Failures(tmp_path / "failed")


@pytest.fixture
def tasks(running_tasks: Tasks, failures: Failures) -> Tasks:
    running_tasks.works = False
    running_tasks.runs.clear()
    running_tasks.watch.failures = failures
    running_tasks.watch.first_wait_s = 0.01
    running_tasks.watch.note_every_s = 0
    return running_tasks


def test_a_task_that_was_handed_something_is_tried_again_and_then_set_aside(
    tasks: Tasks, failures: Failures, wait_until: Callable[..., None]
) -> None:
    tasks.upload.delay(Sound(name="wren"), loud=True)
    wait_until(lambda: failures.has_set_aside)
    assert tasks.runs == [Sound(name="wren")] * (MAX_RETRIES + 1)
    [failed] = failures.get_set_aside()
    assert (failed.task, failed.queue, failed.attempts) == ("upload", "uploads", MAX_RETRIES + 1)
    assert failed.error == "OSError: no network"
    assert failed.traceback.endswith("OSError: no network")
    assert failed.kwargs == {"loud": True}
    assert failures.get_failing() == []


def test_what_was_set_aside_is_sent_again_as_it_was_and_forgotten(
    tasks: Tasks, failures: Failures, wait_until: Callable[..., None]
) -> None:
    tasks.upload.delay(Sound(name="wren"), loud=True)
    wait_until(lambda: failures.has_set_aside)
    tasks.works = True
    tasks.runs.clear()
    send_again(tasks.app, failures, failures.get_set_aside()[0])
    wait_until(lambda: tasks.runs)
    assert tasks.runs == [Sound(name="wren")]
    assert not failures.has_set_aside


def test_a_task_that_succeeds_later_by_itself_is_no_longer_set_aside(
    tasks: Tasks, failures: Failures, wait_until: Callable[..., None]
) -> None:
    tasks.upload.delay(Sound(name="wren"))
    tasks.upload.delay(Sound(name="robin"))
    wait_until(lambda: len(failures.get_set_aside()) == 2)
    tasks.works = True
    tasks.upload.delay(Sound(name="wren"))
    wait_until(lambda: len(failures.get_set_aside()) == 1)
    assert failures.get_set_aside()[0].args[0]["__value__"]["value"] == {"name": "robin"}


def test_a_task_that_fails_holds_up_none_behind_it(
    tasks: Tasks, failures: Failures, wait_until: Callable[..., None]
) -> None:
    tasks.watch.first_wait_s = 1000
    tasks.upload.delay(Sound(name="wren"))
    wait_until(lambda: tasks.runs)
    tasks.works = True
    tasks.upload.delay(Sound(name="robin"))
    wait_until(lambda: len(tasks.runs) == 2)
    assert tasks.runs[1] == Sound(name="robin")


def test_a_scheduled_task_is_not_retried_but_known_to_fail_until_it_works_again(
    tasks: Tasks, failures: Failures, wait_until: Callable[..., None]
) -> None:
    for _ in range(2):
        tasks.tick.delay()
    wait_until(lambda: [each.times for each in failures.get_failing()] == [2])
    assert tasks.runs == ["tick"] * 2
    assert failures.get_failing()[0].error == "OSError: no network"
    tasks.works = True
    tasks.tick.delay()
    wait_until(lambda: failures.get_failing() == [])
    assert failures.get_set_aside() == []


def test_what_goes_on_failing_is_not_noted_at_every_turn_but_counted(
    tasks: Tasks, failures: Failures, wait_until: Callable[..., None]
) -> None:
    tasks.tick.delay()
    wait_until(failures.get_failing)
    tasks.watch.note_every_s = 1000
    for _ in range(2):
        tasks.tick.delay()
    wait_until(lambda: len(tasks.runs) == 3)
    assert failures.get_failing()[0].times == 1
    tasks.watch.note_every_s = 0
    tasks.tick.delay()
    wait_until(lambda: failures.get_failing()[0].times == 4)


def test_a_task_that_was_abandoned_is_set_aside_without_another_try(
    tasks: Tasks, failures: Failures, wait_until: Callable[..., None]
) -> None:
    state.revoked.update(["under-it-they-died", "the-other"])
    try:
        tasks.upload.apply_async((Sound(name="wren"),), task_id="under-it-they-died")
        tasks.tick.apply_async(task_id="the-other")
        wait_until(lambda: failures.has_set_aside and failures.get_failing())
    finally:
        state.revoked.clear()
    assert tasks.runs == []
    [failed] = failures.get_set_aside()
    assert failed.args[0]["__value__"]["value"] == {"name": "wren"}
    assert "given up" in failed.error


def test_a_task_that_came_too_late_is_no_failure(
    tasks: Tasks, failures: Failures, wait_until: Callable[..., None]
) -> None:
    tasks.works = True
    tasks.tick.apply_async(expires=-1)
    tasks.tick.delay()
    wait_until(lambda: tasks.runs)
    assert tasks.runs == ["tick"]
    assert failures.get_failing() == []


def test_a_failure_that_cannot_be_noted_does_no_further_harm(
    tasks: Tasks, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    (tmp_path / "failed").write_text("in the way")
    tasks.tick.delay()
    wait_until(lambda: tasks.runs)
    tasks.works = True
    tasks.upload.delay(Sound(name="wren"))
    wait_until(lambda: len(tasks.runs) == 2)
