import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acoupi.errors import ServiceError
from acoupi.system import start_workers

Wait = Callable[..., None]
Sensor = Any  # see conftest


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


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


def test_a_task_past_its_limit_is_ended_with_its_worker_and_not_tried_again(
    running: Sensor, wait_until: Wait
) -> None:
    hung = running.pid("detection")

    running.send("hang")
    wait_until(lambda: running.events("hang"))
    running.send("work")
    wait_until(lambda: running.pid("detection") != hung and running.is_ready(), timeout_s=10)
    wait_until(lambda: running.events("end"))

    assert running.events("hang") == [hung]
    assert running.events("end") == [running.pid("detection")]


def test_a_stop_waits_for_the_running_task_and_leaves_no_process(
    running: Sensor, wait_until: Wait
) -> None:
    pids = running.processes()
    running.send("work")
    wait_until(lambda: running.events("begin"))

    running.process.send_signal(signal.SIGTERM)

    assert running.process.wait(15) == 0
    assert len(running.events("end")) == 1
    assert not any(alive(pid) for pid in pids)
    assert list(running.settings.run_dir.glob("*.pid")) == []


def test_a_second_stop_does_not_wait(running: Sensor, wait_until: Wait) -> None:
    pids = running.processes()
    running.send("work")
    wait_until(lambda: running.events("begin"))

    running.process.send_signal(signal.SIGTERM)
    wait_until(lambda: running.status() == "stopping")
    running.process.send_signal(signal.SIGTERM)

    assert running.process.wait(5) == 0
    assert running.events("end") == []
    assert not any(alive(pid) for pid in pids)


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
