"""What is loaded before the first task."""

import threading
from collections.abc import Collection
from typing import Any, cast

import pytest
from celery import Celery, signals
from celery.utils.dispatch import Signal

from acoupi.programs import AcoupiProgram
from acoupi.system.supervisor.warming import prepare

QUEUES = ["detection"]


class Program:
    """Notes which queues it is made ready for."""

    def __init__(self) -> None:
        self.app = Celery("test", set_as_current=False)
        self.queues: list[Collection[str]] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.error: Exception | None = None

    def prepare_worker(self, queues: Collection[str]) -> None:
        assert self.go_on.wait(20)
        self.queues.append(queues)
        if self.error is not None:
            raise self.error


def made_ready(program: Program, pool: str, patience_s: float = 20) -> None:
    prepare(cast("AcoupiProgram[Any]", program), QUEUES, pool, patience_s)


@pytest.fixture
def no_receivers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "worker_process_init", Signal(name="worker_process_init"))


@pytest.mark.parametrize("pool", ["threads", "solo"])
def test_a_process_that_runs_tasks_itself_is_ready_before_it_goes_on(pool: str) -> None:
    program = Program()
    made_ready(program, pool)
    assert program.queues == [QUEUES]


@pytest.mark.usefixtures("no_receivers")
def test_a_pool_of_processes_is_made_ready_one_by_one_and_not_before_the_fork() -> None:
    program = Program()
    made_ready(program, "prefork")
    assert program.queues == []
    signals.worker_process_init.send(sender=None)
    signals.worker_process_init.send(sender=None)
    assert program.queues == [QUEUES, QUEUES]
    assert program.app.conf.worker_proc_alive_timeout > 20


def test_what_fails_is_told_and_keeps_nobody_from_working(
    caplog: pytest.LogCaptureFixture,
) -> None:
    program = Program()
    program.error = RuntimeError("the weights are gone")
    made_ready(program, "threads")
    assert program.queues == [QUEUES]
    assert "could not be prepared for the queues detection" in caplog.text
    assert "the weights are gone" in caplog.text


def test_what_takes_long_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    program = Program()
    program.go_on.clear()
    made_ready(program, "threads", patience_s=0.05)
    assert program.queues == []
    assert "the first task waits for it" in caplog.text
    program.go_on.set()
    (thread,) = (each for each in threading.enumerate() if each.name == "preparing")
    thread.join(20)
    assert program.queues == [QUEUES]
