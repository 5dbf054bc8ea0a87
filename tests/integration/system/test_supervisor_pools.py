"""Limits and ends hold whatever Celery runs tasks in."""

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acoupi.system.failures import failures_of

Wait = Callable[..., None]
Sensor = Any  # see conftest

POOLS = ["threads", "solo", "prefork"]


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.fixture(params=POOLS)
def pooled(request: pytest.FixtureRequest, sensor: Sensor, wait_until: Wait) -> Sensor:
    sensor.start(ACOUPI_CELERY_POOL_TYPE=request.param)
    wait_until(sensor.is_ready)
    return sensor


def test_neither_a_task_that_hangs_nor_one_that_kills_holds_up_the_others(
    pooled: Sensor, wait_until: Wait
) -> None:
    for task in ("hang", "crash", "work"):
        pooled.send(task)
    wait_until(lambda: pooled.events("end"))

    (hung,) = pooled.events("hang")
    assert not alive(hung)
    assert len(pooled.events("crash")) == 3
    failing = {each.task: each.times for each in failures_of(pooled.settings).get_failing()}
    assert failing == {"hang": 1, "crash": 1}


@pytest.mark.parametrize("pool", POOLS)
def test_a_worker_whose_task_takes_too_much_memory_is_ended_before_the_kernel_has_to(
    sensor: Sensor, wait_until: Wait, pool: str
) -> None:
    sensor.start(ACOUPI_CELERY_POOL_TYPE=pool, ACOUPI_WORKER_MEMORY_MB="300")
    wait_until(sensor.is_ready)
    for task in ("eat", "work"):
        sensor.send(task)
    wait_until(lambda: sensor.events("end"), timeout_s=40)

    eaters = sensor.events("eat")
    assert len(eaters) == 3
    assert not any(alive(pid) for pid in eaters)
    assert set(sensor.events("explained:it")) >= set(eaters)
    failing = {each.task: each.times for each in failures_of(sensor.settings).get_failing()}
    assert failing == {"eat": 1}
    [told] = sensor.troubles()
    assert told.startswith("the worker detection was ended: it took ")
    assert "and may have 300 MB" in told
    assert "ended for its memory: detection (3 times, last at " in sensor.status()


@pytest.mark.parametrize("pooled", ["threads", "prefork"], indirect=True)
def test_the_status_says_when_the_last_recording_ended(pooled: Sensor, wait_until: Wait) -> None:
    pooled.send("record")

    wait_until(
        lambda: re.search(
            r"^running: recording, detection, beat; last recording \d\d:\d\d:\d\d UTC$",
            pooled.status(),
        )
    )


def test_a_stop_lets_the_task_finish_and_leaves_nothing(pooled: Sensor, wait_until: Wait) -> None:
    pooled.send("work")
    wait_until(lambda: pooled.events("begin"))
    pids = pooled.processes()

    pooled.process.send_signal(signal.SIGTERM)

    assert pooled.process.wait(15) == 0
    assert len(pooled.events("end")) == 1
    assert not any(alive(pid) for pid in pids)
    assert list(pooled.settings.run_dir.glob("*.pid")) == []


def test_a_second_stop_ends_the_task_and_what_it_started(pooled: Sensor, wait_until: Wait) -> None:
    pooled.send("spawn")
    wait_until(lambda: pooled.events("spawn"))
    pids = pooled.processes() | set(pooled.events("spawn"))

    pooled.process.send_signal(signal.SIGTERM)
    wait_until(lambda: pooled.status() == "stopping")
    pooled.process.send_signal(signal.SIGTERM)

    assert pooled.process.wait(5) == 0
    wait_until(lambda: not any(alive(pid) for pid in pids))


@pytest.mark.parametrize("pooled", ["threads", "prefork"], indirect=True)
def test_nothing_outlives_a_supervisor_that_is_killed(pooled: Sensor, wait_until: Wait) -> None:
    pooled.send("spawn")
    wait_until(lambda: pooled.events("spawn"))
    pids = pooled.processes() | set(pooled.events("spawn"))

    os.kill(pooled.process.pid, signal.SIGKILL)
    pooled.process.wait()

    wait_until(lambda: not any(alive(pid) for pid in pids))
