import datetime as dt
from typing import Any

import pytest
from celery import Celery
from celery.schedules import crontab
from pydantic import BaseModel

from acoupi.data import Deployment, Recording
from acoupi.errors import ConfigurationError
from acoupi.programs import AcoupiProgram, AcoupiWorker, WorkerConfig
from acoupi.programs.core.codec import _decode, _encode


class Config(BaseModel):
    interval_s: float = 10


class Program(AcoupiProgram[Config]):
    """Adds what a test asks for."""

    worker_config = WorkerConfig(
        workers=[
            AcoupiWorker(name="one", queues=["a", "b"]),
            AcoupiWorker(name="two", queues=["c"]),
        ]
    )

    def setup(self, config: Config) -> None:
        pass


def rest() -> None:
    """Do nothing."""


@pytest.fixture
def program() -> Program:
    app = Celery("test", set_as_current=False)
    app.conf.update(task_always_eager=True, task_store_eager_result=False)
    return Program(Config(), app)


def test_a_task_is_called_like_its_function(program: Program) -> None:
    def listen() -> int:
        return 7

    program.add_task(listen)
    assert program.tasks["listen"]() == 7
    assert "listen" in program.app.tasks


def test_what_a_task_returns_is_handed_to_its_callbacks(program: Program) -> None:
    heard: list[Any] = []

    def listen() -> str:
        return "wren"

    def note(what: str) -> None:
        heard.append(what)

    program.add_task(listen, callbacks=[note], queue="a", callback_queue="c")
    program.tasks["listen"]()
    assert heard == ["wren"]
    assert program.app.conf.task_routes == {"listen": {"queue": "a"}, "note": {"queue": "c"}}


def test_a_task_that_returns_nothing_calls_nobody(program: Program) -> None:
    def listen() -> None:
        return None

    def note(what: str) -> None:
        raise AssertionError(what)

    program.add_task(listen, callbacks=[note])
    program.tasks["listen"]()


@pytest.mark.parametrize(
    ("schedule", "lifetime_s"),
    [(5, 5), (dt.timedelta(minutes=2), 120), (crontab(minute="0"), None)],
)
def test_a_scheduled_run_that_is_late_by_its_interval_is_dropped(
    program: Program, schedule: Any, lifetime_s: float | None
) -> None:
    def listen() -> None:
        return None

    program.add_task(listen, schedule=schedule, name="listening")
    entry = program.app.conf.beat_schedule["listening"]
    assert entry["task"] == "listening"
    assert entry["options"].get("expiration") == lifetime_s
    assert "expires" not in entry["options"]  # it would be compared with the clock on the wall


def test_a_queue_that_no_worker_serves_is_refused(program: Program) -> None:
    with pytest.raises(ConfigurationError, match="'nowhere'") as caught:
        program.add_task(rest, name="lost", queue="nowhere")
    assert "['a', 'b', 'c']" in str(caught.value.help)


def test_a_time_limit_belongs_to_the_task(program: Program) -> None:
    program.add_task(rest, name="slow", time_limit_s=90)
    assert program.tasks["slow"].time_limit == 90


def test_the_configuration_class_is_found_without_being_named() -> None:
    assert Program.get_config_schema() is Config
    assert Program.get_queue_names() == ["a", "b", "c"]


def test_a_program_that_asks_for_no_workers_gets_one() -> None:
    class Plain(AcoupiProgram[Config]):
        def setup(self, config: Config) -> None:
            pass

    [worker] = Plain.get_worker_config().workers
    assert (worker.name, worker.queues) == ("acoupi", [])


def test_two_workers_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="share a name"):
        WorkerConfig(workers=[AcoupiWorker(name="a"), AcoupiWorker(name="a")])


def test_models_travel_whole_between_tasks() -> None:
    recording = Recording(duration=3, samplerate=48_000, deployment=Deployment(name="wood"))
    assert _decode(_encode(recording)) == recording


@pytest.mark.parametrize("path", ["os:system", "builtins:dict", "not.imported:Thing", "", ":"])
def test_only_models_that_are_imported_already_are_decoded(path: str) -> None:
    with pytest.raises(ValueError, match="unknown class"):
        _decode({"class": path, "value": {}})
