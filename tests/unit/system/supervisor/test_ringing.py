import datetime as dt
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.schedules import BaseSchedule
from kombu.exceptions import OperationalError

from acoupi.system.supervisor.memory import RingMemory
from acoupi.system.supervisor.ringing import SteadyScheduler


class Puzzle(BaseSchedule):
    """A schedule that cannot say when."""

    def is_due(self, last_run_at: dt.datetime) -> Any:
        raise ZeroDivisionError


class Clock:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


class Recording(SteadyScheduler):
    """Notes what it rings for, and cannot while its broker is away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.rung: list[str] = []
        self.away: set[str] = set()
        super().__init__(*args, **kwargs)

    def apply_async(self, entry: Any, producer: Any = None, *_: Any, **__: Any) -> None:
        if entry.name in self.away:
            raise OperationalError("nobody there")
        assert producer is not None
        self.rung.append(entry.name)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app() -> Iterator[Celery]:
    with Celery(broker="memory://", set_as_current=False) as app:
        app.conf.beat_schedule = {
            "often": {"task": "often", "schedule": dt.timedelta(seconds=10)},
            "rarely": {"task": "rarely", "schedule": 25.0},
        }
        yield app


@pytest.fixture
def scheduler(app: Celery, clock: Clock) -> Iterator[Recording]:
    scheduler = Recording(app=app, now_s=clock)
    yield scheduler
    scheduler.close()


def turn(scheduler: Recording, clock: Clock, until_s: float) -> list[str]:
    scheduler.rung.clear()
    while clock.s < until_s:
        clock.s += scheduler.tick()
    return scheduler.rung


def test_each_task_is_rung_for_after_its_interval(scheduler: Recording, clock: Clock) -> None:
    assert turn(scheduler, clock, 30.5) == ["often", "often", "rarely", "often"]


def test_the_clock_is_looked_at_every_second(scheduler: Recording, clock: Clock) -> None:
    assert scheduler.tick() == 1
    clock.s = 9.5
    assert scheduler.tick() == 0.5


def test_after_a_broker_was_away_each_task_is_rung_for_once(
    scheduler: Recording, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    scheduler.away = {"often", "rarely"}
    assert turn(scheduler, clock, 300) == []
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    scheduler.away = set()
    assert sorted(turn(scheduler, clock, 301.5)) == ["often", "rarely"]
    assert sorted(turn(scheduler, clock, 325.5)) == ["often", "often", "rarely"]


def test_one_that_cannot_be_rung_for_holds_up_no_other(scheduler: Recording, clock: Clock) -> None:
    scheduler.away = {"often"}
    assert turn(scheduler, clock, 51) == ["rarely", "rarely"]


def test_the_next_beat_goes_on_where_this_one_ends(
    app: Celery, clock: Clock, tmp_path: Path
) -> None:
    app.conf.beat_schedule = {"heartbeat": {"task": "heartbeat", "schedule": 600.0}}
    rings = tmp_path / "rings.json"
    first = Recording(app=app, now_s=clock, memory=RingMemory(rings))
    assert turn(first, clock, 601) == ["heartbeat"]
    clock.s = 100.0  # after a start, an hour ago by the clock on the wall
    content = rings.read_text()
    rang_on = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=3600)
    rings.write_text(re.sub(r'"last": ".*"', f'"last": "{rang_on.isoformat()}"', content))
    assert turn(Recording(app=app, now_s=clock, memory=RingMemory(rings)), clock, 102) == [
        "heartbeat"
    ]


def test_a_schedule_that_fails_disturbs_no_other(app: Celery, clock: Clock) -> None:
    app.conf.beat_schedule = {
        "puzzle": {"task": "puzzle", "schedule": Puzzle()},
        **app.conf.beat_schedule,
    }
    scheduler = Recording(app=app, now_s=clock)
    assert turn(scheduler, clock, 30.5) == ["often", "often", "rarely", "often"]
    scheduler.close()


def test_a_broker_nobody_answers_for_is_asked_again_at_every_tick() -> None:
    with Celery(broker="amqp://127.0.0.1:1//", set_as_current=False) as app:
        app.conf.beat_schedule = {"often": {"task": "often", "schedule": 10.0}}
        clock, turns = Clock(), list[int]()
        scheduler = SteadyScheduler(app=app, now_s=clock, on_tick=lambda: turns.append(1))
        scheduler.tick()
        clock.s = 10.0
        assert [scheduler.tick() for _ in range(3)] == [1, 1, 1]
        assert len(turns) == 7  # each look, and before each attempt
        scheduler.close()


@pytest.mark.timeout(20)
def test_a_broker_that_says_nothing_is_not_waited_for() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        Celery(
            broker=f"amqp://127.0.0.1:{silent.getsockname()[1]}//", set_as_current=False
        ) as app,
    ):
        app.conf.broker_connection_timeout = 0.2
        app.conf.beat_schedule = {"often": {"task": "often", "schedule": 10.0}}
        clock = Clock()
        scheduler = SteadyScheduler(app=app, now_s=clock)
        scheduler.tick()
        clock.s = 10.0
        assert [scheduler.tick() for _ in range(2)] == [1, 1]
        scheduler.close()
