"""What a supervisor does when something around it is not as it should be."""

import os
import shutil
import signal
from collections.abc import Callable
from typing import Any

from acoupi.system.deployments import start_deployment

Wait = Callable[..., None]
Sensor = Any  # see conftest

HASTY = """
import sys
from functools import partial
from acoupi.system import Settings
from acoupi.system.supervisor import foreground
from acoupi.system.supervisor.policy import RestartPolicy

policy = RestartPolicy(budget=2, first_rest_s=2, recovered_after_s=1)
foreground.Child = partial(foreground.Child, policy=policy)
sys.exit(foreground.run(Settings()))
"""


def test_a_worker_that_cannot_start_rests_while_others_work_and_comes_back_when_it_can(
    sensor: Sensor, wait_until: Wait
) -> None:
    start_deployment(sensor.settings, "meadow")
    sensor.start()
    wait_until(sensor.is_ready)
    sensor.end()
    sensor.break_worker("detection")

    sensor.start(command=["-c", HASTY])
    wait_until(lambda: "given up: detection (tried again at " in sensor.status())
    wait_until(sensor.troubles)
    ticks = len(sensor.events("tick"))
    wait_until(lambda: len(sensor.events("tick")) > ticks)
    sensor.mend()
    wait_until(lambda: len(sensor.troubles()) == 2)

    first, second = sensor.troubles()
    assert first.startswith("the worker detection keeps dying")
    assert second == "the worker detection works again"
    assert sensor.is_ready()


def test_a_process_that_stands_still_is_replaced(sensor: Sensor, wait_until: Wait) -> None:
    sensor.start(ACOUPI_HANG_TIMEOUT_S="3")
    wait_until(sensor.is_ready)
    wait_until(lambda: sensor.events("tick"))
    stopped = {name: sensor.pid(name) for name in ("recording", "beat")}

    for pid in stopped.values():
        os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: all(sensor.pid(name) != pid for name, pid in stopped.items()))
    wait_until(sensor.is_ready)

    ticks = len(sensor.events("tick"))
    wait_until(lambda: len(sensor.events("tick")) > ticks)


def test_a_sensor_whose_home_is_deleted_ends_and_says_so(
    running: Sensor, wait_until: Wait
) -> None:
    shutil.rmtree(running.settings.home, ignore_errors=True)  # as they write

    assert running.process.wait(20) == 9
    assert "the home" in running.output.read_text()
    wait_until(lambda: running.processes() == set())


def test_a_sensor_whose_notes_cannot_be_written_goes_on(running: Sensor, wait_until: Wait) -> None:
    killed = running.pid("detection")
    running.settings.pid_file("detection").with_name(".detection.pid.new").mkdir()

    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: "detection.pid cannot be written" in running.output.read_text())
    wait_until(running.is_ready)
    running.send("work")
    wait_until(lambda: running.events("end"))


def test_a_stop_takes_no_longer_than_it_may(sensor: Sensor, wait_until: Wait) -> None:
    sensor.start(ACOUPI_STOP_TIMEOUT_S="1")
    wait_until(sensor.is_ready)
    sensor.send("spawn")
    wait_until(lambda: sensor.events("spawn"))

    sensor.process.send_signal(signal.SIGTERM)

    assert sensor.process.wait(15) == 0
    wait_until(lambda: sensor.processes() == set())


def test_only_the_workers_that_are_asked_for_run(sensor: Sensor, wait_until: Wait) -> None:
    sensor.start("--worker", "detection", "--no-beat")
    wait_until(lambda: sensor.status() == "running: detection")

    assert sensor.processes() == {sensor.process.pid, sensor.pid("detection")}
    assert sensor.events("recover") == []  # the computer that records does that
    assert shown(sensor) == ["detection"]


def test_a_worker_that_the_program_does_not_have_is_refused(sensor: Sensor) -> None:
    assert sensor.start(ACOUPI_WORKERS="recording,detektion").wait(10) == 3

    said = sensor.output.read_text()
    assert "no worker 'detektion'" in said
    assert "recording, detection" in said


def shown(sensor: Sensor) -> list[str]:
    from acoupi.system.watching import see_workers

    return [worker.worker_name for worker in see_workers(sensor.settings).workers]
