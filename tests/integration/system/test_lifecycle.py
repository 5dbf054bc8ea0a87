import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from acoupi.errors import DeploymentError, ServiceError
from acoupi.system import (
    get_current_deployment,
    get_status,
    lifecycle,
    restart_workers,
    start_program,
    start_workers,
    stop_program,
    stop_workers,
)
from acoupi.system.celery import CeleryState, purge_queues, run_celery_command
from acoupi.system.lifecycle import RunMode
from acoupi.system.programs import ProgramState
from acoupi.system.supervisor.locks import supervisor_pid

Wait = Callable[..., None]
Sensor = Any  # see conftest


def test_a_deployment_runs_detached_from_its_start_to_its_stop(
    sensor: Sensor, wait_until: Wait
) -> None:
    started = start_program(sensor.settings, "lake", latitude=51.5)
    wait_until(lambda: sensor.events("tick"))

    status = get_status(sensor.settings)
    assert started.mode is RunMode.DETACHED
    assert status.deployment is not None
    assert (status.deployment.name, status.program) == ("lake", ProgramState.OK)
    assert status.celery.state is CeleryState.AVAILABLE
    assert {w.worker_name: w.state for w in status.celery.workers} == {
        "recording": "ok",
        "detection": "ok",
    }

    ended = stop_program(sensor.settings)

    assert ended.id == started.deployment.id
    assert ended.ended_on is not None
    assert sensor.processes() == set()
    assert sensor.trace.read_text().split()[-2] == "stop"
    assert get_status(sensor.settings).celery.state is CeleryState.UNAVAILABLE


def test_a_supervisor_that_is_killed_in_the_background_comes_back_until_it_is_stopped(
    sensor: Sensor, wait_until: Wait
) -> None:
    start_program(sensor.settings, "lake")
    for _ in range(2):
        killed = supervisor_pid(sensor.settings)
        assert killed
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda killed=killed: supervisor_pid(sensor.settings) not in {None, killed})
        ticks = len(sensor.events("tick"))
        wait_until(lambda ticks=ticks: len(sensor.events("tick")) > ticks)
    os.kill(supervisor_pid(sensor.settings) or 0, signal.SIGKILL)

    stop_program(sensor.settings)

    assert sensor.processes() == set()
    assert not list(sensor.settings.run_dir.glob("*.pid"))
    wait_until(lambda: not keepers(sensor.settings.home))


def keepers(home: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if "acoupi-keeper" in (process.info["cmdline"] or [])
        and any(str(home) in part for part in process.info["cmdline"])
    ]


def test_a_running_deployment_is_not_started_again(sensor: Sensor) -> None:
    start_program(sensor.settings, "lake")
    before = sensor.processes()

    with pytest.raises(DeploymentError, match="'lake' is running"):
        start_program(sensor.settings, "wood")

    assert sensor.processes() == before
    stop_program(sensor.settings)


@pytest.mark.parametrize("fail", ["start", "processes"])
def test_a_start_that_fails_is_undone(sensor: Sensor, fail: str) -> None:
    config = sensor.settings.program_config_file
    config.write_text(config.read_text().replace('"fail": ""', f'"fail": "{fail}"'))
    settings = sensor.settings.model_copy(update={"start_timeout_s": 0.001})

    with pytest.raises((RuntimeError, ServiceError)):
        start_program(settings, "lake")

    assert get_current_deployment(settings) is None
    assert not settings.deployment_file.exists()
    assert len(sensor.events("stop")) == 1
    assert sensor.processes() == set()


def test_what_kept_a_deployment_from_starting_is_told_even_if_the_undoing_fails_too(
    sensor: Sensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(what: str) -> None:
        raise ServiceError(what)

    monkeypatch.setattr(lifecycle, "_start_processes", lambda *_: fail("the cause"))
    monkeypatch.setattr(lifecycle, "_stop_processes", lambda *_: fail("the consequence"))

    with pytest.raises(ServiceError, match="the cause"):
        start_program(sensor.settings, "lake")

    assert get_current_deployment(sensor.settings) is None


def test_nothing_cannot_be_stopped(sensor: Sensor) -> None:
    with pytest.raises(DeploymentError, match="no deployment is running"):
        stop_program(sensor.settings)


def test_workers_without_beat_are_started_and_stopped_any_number_of_times(
    sensor: Sensor,
) -> None:
    assert start_workers(sensor.settings)
    first = sensor.processes()
    assert not start_workers(sensor.settings)
    assert sensor.processes() == first
    assert len(first) == 3

    restart_workers(sensor.settings)
    assert len(sensor.processes()) == 3
    assert not first & sensor.processes()

    assert stop_workers(sensor.settings)
    assert sensor.processes() == set()
    assert not stop_workers(sensor.settings)


def test_workers_that_bring_beat_bring_it_again_when_restarted(sensor: Sensor) -> None:
    start_program(sensor.settings, "lake")

    restart_workers(sensor.settings)

    assert sensor.pid("beat") in sensor.processes()
    stop_program(sensor.settings)


def test_waiting_tasks_are_purged(sensor: Sensor) -> None:
    for _ in range(3):
        sensor.send("work")

    assert purge_queues(sensor.settings) == 3
    assert purge_queues(sensor.settings) == 0


def test_the_scripts_start_restart_and_stop_the_workers(sensor: Sensor) -> None:
    def run(script: str) -> None:
        path = sensor.settings.home / "bin" / f"acoupi-workers-{script}.sh"
        subprocess.run([path], check=True, timeout=60)

    run("start")
    first = sensor.processes()
    assert len(first) == 3
    run("start")
    assert sensor.processes() == first
    run("restart")
    assert len(sensor.processes()) == 3
    assert not sensor.processes() & first
    run("stop")
    assert sensor.processes() == set()
    run("stop")


def test_beat_rings_from_its_own_script(sensor: Sensor, wait_until: Wait) -> None:
    start_workers(sensor.settings)
    script = sensor.settings.beat_script_path
    with subprocess.Popen([script], stderr=subprocess.DEVNULL) as beat:
        wait_until(lambda: len(sensor.events("tick")) > 2)
        second = subprocess.run([script], capture_output=True, check=False, timeout=30)
        beat.terminate()

    assert beat.returncode == 0
    assert second.returncode == 8
    assert f"process {beat.pid}" in second.stderr.decode()
    stop_workers(sensor.settings)


def test_celery_commands_reach_the_workers_of_the_home(sensor: Sensor) -> None:
    start_workers(sensor.settings)

    done = run_celery_command(
        sensor.settings, ["inspect", "ping"], quiet=True, capture_output=True, text=True
    )

    assert done.stdout.count("pong") == 2
    stop_workers(sensor.settings)
