# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu and Celery have no type information.
"""A real Celery worker over the embedded broker, killed and stopped at will."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from acoupi import broker

APP = """
import os, pathlib, time
from celery import Celery
from acoupi import broker

broker.register()
home = pathlib.Path(os.environ["HOME_OF_TEST"])
app = Celery("app", broker="embedded://", backend="rpc://")
app.conf.update(
    broker_transport_options={"path": str(home / "broker.db")},
    task_acks_late=True, task_reject_on_worker_lost=True, worker_prefetch_multiplier=1,
    task_ignore_result=True, task_serializer="json", accept_content=["json"],
    broker_connection_retry_on_startup=True, worker_enable_remote_control=True,
)

def note(kind, name):
    with open(home / kind, "a") as file:
        file.write(f"{name} {time.time()}\\n")

@app.task
def work(name, duration_s=0.0):
    note("started", name)
    time.sleep(duration_s)
    note("done", name)

@app.task
def hang_once(name):
    again = (home / "started").exists()
    note("started", name)
    time.sleep(0 if again else 60)
    note("done", name)

@app.task(ignore_result=False)
def add(a, b):
    return a + b
"""


def wait_until(condition: Callable[[], Any], timeout_s: float = 20) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        time.sleep(0.01)


class Sensor:
    """An app in a folder, with its workers."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.broker_file = home / "broker.db"
        (home / "app.py").write_text(APP)
        self.app = Celery("app", broker="embedded://", backend="rpc://")
        self.app.conf.update(
            broker_transport_options={"path": str(self.broker_file)}, task_ignore_result=True
        )
        self.workers: list[subprocess.Popen[bytes]] = []
        self._log = (home / "log").open("wb")

    def start(self, name: str = "w", concurrency: int = 1, wait: bool = True) -> Any:
        options = ["--pool=threads", f"-c{concurrency}", f"-n{name}@test", "-linfo"]
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "app", "worker", *options],
            cwd=self.home,
            env={**os.environ, "HOME_OF_TEST": str(self.home)},
            stdout=self._log,
            stderr=self._log,
        )
        self.workers.append(worker)
        if wait:
            wait_until(lambda: self.app.control.ping([f"{name}@test"], timeout=0.3))
        return worker

    def send(self, name: str, duration_s: float = 0.0) -> Any:
        return self.app.send_task("app.work", (name, duration_s))

    def noted(self, kind: str) -> list[str]:
        file = self.home / kind
        return [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []

    def noted_at(self, kind: str) -> list[float]:
        return [float(line.split()[1]) for line in (self.home / kind).read_text().splitlines()]

    def left(self) -> int:
        with self.app.connection() as connection:
            mailbox = connection.transport.mailbox
            with mailbox.reading() as db:
                return db.execute("SELECT count(*) FROM message").fetchone()[0]

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.app.close()
        self._log.close()


def kill(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.wait()


@pytest.fixture
def sensor(tmp_path: Path) -> Generator[Sensor]:
    broker.register()
    with contextlib.closing(Sensor(tmp_path)) as made:
        yield made


def test_a_task_runs_a_result_returns_and_the_worker_answers(sensor: Sensor) -> None:
    sensor.start(concurrency=2)
    assert sensor.app.control.ping(timeout=1) == [{"w@test": {"ok": "pong"}}]
    result = sensor.app.send_task("app.add", (2, 3), ignore_result=False)
    assert result.get(timeout=5) == 5
    for n in range(20):
        sensor.send(str(n))
    wait_until(lambda: len(sensor.noted("done")) == 20)
    assert set(sensor.noted("done")) == {str(n) for n in range(20)}
    wait_until(lambda: sensor.left() == 0)


def test_an_idle_worker_writes_nothing(sensor: Sensor) -> None:
    worker = sensor.start()
    sensor.send("first")
    wait_until(lambda: sensor.noted("done") and sensor.left() == 0)
    sensor.app.close()
    files = [path for path in sensor.home.iterdir() if path.name.startswith("broker.db-w")]
    before = _written_bytes(worker.pid), [path.stat().st_mtime_ns for path in files]
    # Nothing to wait for: this is the time in which nothing must happen, two sweeps long.
    time.sleep(4.2)
    assert (_written_bytes(worker.pid), [path.stat().st_mtime_ns for path in files]) == before


def _written_bytes(pid: int) -> str:
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return next(line for line in lines if line.startswith("write_bytes"))


def test_a_task_of_a_killed_worker_runs_again_within_three_seconds(sensor: Sensor) -> None:
    victim = sensor.start("victim")
    sensor.app.send_task("app.hang_once", ("work",))
    wait_until(lambda: sensor.noted("started"))
    sensor.start("other")
    kill(victim)
    killed_s = time.time()
    wait_until(lambda: len(sensor.noted("started")) == 2)
    assert sensor.noted_at("started")[1] - killed_s < 3
    wait_until(lambda: sensor.noted("done") == ["work"])


def test_workers_killed_at_random_lose_nothing(sensor: Sensor) -> None:
    chance = random.Random(20)
    names: list[str] = []
    for cycle in range(4):
        worker = sensor.start(f"w{cycle}", concurrency=2, wait=False)
        for n in range(10):
            names.append(f"{cycle}-{n}")
            sensor.send(names[-1], duration_s=0.05)
        done = len(sensor.noted("done"))
        wait_until(lambda done=done: len(sensor.noted("done")) > done)
        time.sleep(chance.uniform(0, 0.2))
        kill(worker)
    sensor.start("last", concurrency=2, wait=False)
    wait_until(lambda: set(names) <= set(sensor.noted("done")))
    wait_until(lambda: sensor.left() == 0)


def test_a_stopped_worker_hands_back_what_it_had_not_begun(sensor: Sensor) -> None:
    sensor.start("first", concurrency=2)
    names = [str(n) for n in range(12)]
    for name in names:
        sensor.send(name, duration_s=0.3)
    wait_until(lambda: sensor.noted("started"))
    worker = sensor.workers[0]
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
    stopped_with = len(sensor.noted("done"))
    assert stopped_with < len(names)
    sensor.start("second", concurrency=2, wait=False)
    wait_until(lambda: len(sensor.noted("done")) >= len(names))
    wait_until(lambda: sensor.left() == 0)
    assert sorted(sensor.noted("done"), key=int) == names


def test_a_delayed_task_waits_and_survives_a_kill(sensor: Sensor) -> None:
    victim = sensor.start("victim")
    sent_s = time.time()
    sensor.app.send_task("app.work", ("later",), countdown=3)
    wait_until(lambda: broker.queue_sizes(sensor.broker_file)["celery"] == 0)
    kill(victim)
    sensor.start("other", wait=False)
    wait_until(lambda: sensor.noted("done") == ["later"])
    assert sensor.noted_at("started")[0] - sent_s > 2.9


def test_remote_shutdown_stops_every_worker(sensor: Sensor) -> None:
    for name in ("a", "b"):
        sensor.start(name)
    sensor.app.control.shutdown()
    assert [worker.wait(timeout=20) for worker in sensor.workers] == [0, 0]


def test_a_worker_goes_on_when_its_broker_file_is_thrown_away(sensor: Sensor) -> None:
    sensor.start()
    for path in sensor.home.glob("broker.db*"):
        path.unlink()

    def answers() -> bool:
        with contextlib.suppress(ConnectionResetError):
            return bool(sensor.app.control.ping(timeout=0.3))
        return False

    wait_until(answers)
    sensor.send("after")
    wait_until(lambda: sensor.noted("done") == ["after"])
