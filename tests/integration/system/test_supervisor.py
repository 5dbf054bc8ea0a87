import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from acoupi.errors import ServiceError
from acoupi.system import start_workers

Wait = Callable[..., None]
Sensor = Any  # see conftest


def test_a_program_runs_in_the_processes_it_asked_for(running: Sensor) -> None:
    pids = {name: running.pid(name) for name in ("recording", "detection", "beat")}

    assert running.processes() == {running.process.pid, *pids.values()}
    assert set(running.events("tick")) == {pids["recording"]}
    assert running.events("recover") == [pids["recording"]]


@pytest.mark.parametrize("name", ["recording", "detection", "beat"])
def test_a_process_that_is_killed_is_replaced_within_two_seconds(
    running: Sensor, wait_until: Wait, name: str
) -> None:
    killed = running.pid(name)

    os.kill(killed, signal.SIGKILL)
    started_s = time.monotonic()
    wait_until(lambda: running.pid(name) != killed and running.is_ready(), timeout_s=10)

    assert time.monotonic() - started_s < 2
    ticks = len(running.events("tick"))
    wait_until(lambda: len(running.events("tick")) >= ticks + 3)


def test_children_end_with_a_supervisor_that_is_killed_and_another_takes_over(
    running: Sensor, wait_until: Wait
) -> None:
    pids = running.processes()

    running.process.kill()
    running.process.wait()
    running.start()
    wait_until(lambda: running.is_ready() and not pids & running.processes())

    ticks = len(running.events("tick"))
    wait_until(lambda: len(running.events("tick")) > ticks)


def test_a_home_is_run_once(running: Sensor) -> None:
    first = running.process

    assert running.start().wait(10) == 8
    assert first.poll() is None
    running.process = first


def test_a_supervisor_whose_workers_cannot_start_says_so_and_ends(sensor: Sensor) -> None:
    config = sensor.settings.program_config_file
    config.write_text(config.read_text().replace('"fail": ""', '"fail": "setup"'))

    with pytest.raises(ServiceError, match="could not be started") as caught:
        start_workers(sensor.settings)

    assert "recording" in str(caught.value)
    assert "upside down" in sensor.settings.log_file("recording").read_text()
    assert sensor.processes() == set()
