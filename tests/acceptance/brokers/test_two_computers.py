"""A whole sensor on RabbitMQ and on Redis, with its detection on a second computer."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import pytest
from chaos.audit import find_problems
from chaos.books import Books
from chaos.machine import Bare, Command
from chaos.sensor import Sensor
from chaos.tape import write_tape
from real_brokers import RabbitMQ, Redis, Server, find_rabbitmq, find_redis, running
from second_host import SecondHost, linked_host

from acoupi.demo.receiver import Receiver
from acoupi.system import Settings
from acoupi.system.checks.broker import check_broker

Requires = Callable[[object, str, str], None]
WaitUntil = Callable[..., None]

TAPE_S = 120
HERE = "recording,default"
THERE = "detection"


class FirstHost(Bare):
    """This computer, which runs all workers but one."""

    def command(self, command: Command, environment: Mapping[str, str]) -> Command:
        return super().command(command, {"ACOUPI_WORKERS": HERE, **environment})


@pytest.fixture
def second_host(requires: Requires) -> Generator[SecondHost]:
    requires(os.geteuid() == 0 and shutil.which("ip"), "ip netns", "run as root, with iproute2")
    with linked_host() as host:
        yield host


@pytest.fixture(params=[RabbitMQ, Redis])
def server(
    request: pytest.FixtureRequest, tmp_path: Path, second_host: SecondHost, requires: Requires
) -> Generator[Server]:
    found = {RabbitMQ: find_rabbitmq, Redis: find_redis}[request.param]()
    requires(found, request.param.__name__, "run scripts/install-test-parts")
    with running(request.param(tmp_path / "server", second_host.first_address)) as server:
        yield server


@pytest.fixture
def machine(tmp_path: Path) -> FirstHost:
    (tmp_path / "work").mkdir()
    machine = FirstHost(tmp_path / "work")
    machine.start()
    return machine


@pytest.mark.timeout(300)
def test_everything_is_kept_when_the_broker_is_killed_and_the_cable_pulled(
    server: Server, machine: FirstHost, second_host: SecondHost, wait_until: WaitUntil
) -> None:
    tape = write_tape(machine.folder / "tape.wav", TAPE_S, seed=5)
    with Receiver() as receiver:
        sensor = Sensor(machine, tape, receiver.url)
        sensor.set_up()
        use_broker(sensor.home, server.url)
        there = set_up_elsewhere(sensor.home, machine.folder / "elsewhere")
        hidden = [sensor.home / name for name in ("config", "run")]
        second_host.run(acoupi("run", "--worker", THERE, "--no-beat"), there, hidden)
        sensor.start()
        try:
            live_through(sensor, server, second_host, wait_until)
        finally:
            sensor.stop()
        assert second_host.stop() == [0]
    assert find_problems(Books(machine.folder), tape, receiver.counts) == []


def live_through(
    sensor: Sensor, server: Server, second_host: SecondHost, wait_until: WaitUntil
) -> None:
    """Meet the troubles that a network brings, while recording."""

    def work() -> None:
        before, done_before = n_recordings(sensor), n_processed(sensor)
        wait_until(lambda: n_recordings(sensor) >= before + 1, timeout_s=60)
        wait_until(lambda: n_processed(sensor) >= done_before + 1, timeout_s=60)

    work()
    assert answers(sensor) == {"recording", "default", "detection"}
    assert [f.verdict for f in check_broker(Settings(home=sensor.home))] == ["ok"]
    workers = pids(sensor)
    server.kill()
    server.start()
    work()
    second_host.cut()
    before = n_recordings(sensor)
    wait_until(lambda: n_recordings(sensor) > before, timeout_s=60)
    second_host.link()
    work()
    assert pids(sensor) == workers


def use_broker(home: Path, url: str) -> None:
    file = home / "config" / "celery.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"broker_url": url}))


def set_up_elsewhere(home: Path, other: Path) -> dict[str, str]:
    """Give the second host the same configuration, in a home of its own."""
    other.mkdir(mode=0o700)
    shutil.copytree(home / "config", other / "config")
    shutil.copy(home / "app.py", other)
    return {"ACOUPI_HOME": str(other)}


def acoupi(*args: str) -> list[str]:
    return [sys.executable, "-m", "acoupi", *args]


def answers(sensor: Sensor) -> set[str]:
    """Ask all workers, wherever they are, as people do."""
    asked = subprocess.run(
        acoupi("celery", "inspect", "-t", "2", "--json", "ping"),
        env=os.environ | {"ACOUPI_HOME": str(sensor.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    nodes, _ = json.JSONDecoder().raw_decode(asked.stdout.lstrip())
    return {node.partition("@")[0] for node in nodes}


def pids(sensor: Sensor) -> dict[str, str]:
    names = (*HERE.split(","), "beat", "supervisor")
    files = {name: sensor.home / "run" / f"{name}.pid" for name in names}
    elsewhere = sensor.machine.folder / "elsewhere" / "run" / f"{THERE}.pid"
    return {name: file.read_text() for name, file in {**files, THERE: elsewhere}.items()}


def n_recordings(sensor: Sensor) -> int:
    return len(Books(sensor.machine.folder).recordings)


def n_processed(sensor: Sensor) -> int:
    return len(Books(sensor.machine.folder).outputs)
