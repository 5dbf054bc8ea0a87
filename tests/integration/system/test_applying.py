"""A changed configuration, and the sensor that runs meanwhile."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from acoupi.cli import acoupi
from acoupi.system import get_current_deployment, start_program, stop_program
from acoupi.system.supervisor.locks import supervisor_pid

Wait = Callable[..., None]
Sensor = Any  # see conftest


def config(*words: str) -> Result:
    return CliRunner().invoke(acoupi, ["config", *words])


def test_a_deployment_goes_on_as_it_was_until_a_change_is_applied(
    sensor: Sensor, tmp_path: Path, wait_until: Wait
) -> None:
    started = start_program(sensor.settings, "lake").deployment
    wait_until(lambda: sensor.events("tick"))
    before = supervisor_pid(sensor.settings)

    told = config("set", "--field", "trace", str(tmp_path / "second"))
    assert "of the deployment 'lake' go on with the values before" in told.stderr
    assert supervisor_pid(sensor.settings) == before

    told = config("set", "--field", "trace", str(tmp_path / "third"), "--apply")
    assert "restarting the workers and the schedule of the deployment 'lake'" in told.stderr
    sensor.trace = tmp_path / "third"
    wait_until(lambda: sensor.events("tick"))
    assert not (tmp_path / "second").exists()

    assert config("undo", "2", "--apply").exit_code == 0
    sensor.trace = tmp_path / "trace"
    ticks = len(sensor.events("tick"))
    wait_until(lambda: len(sensor.events("tick")) > ticks)
    assert get_current_deployment(sensor.settings) == started
    stop_program(sensor.settings)


def test_a_sensor_at_rest_is_left_alone(sensor: Sensor) -> None:
    told = config("set", "--field", "interval_s", "5", "--apply")
    assert told.stderr == "interval_s: 0.2 -> 5.0\n"
    assert sensor.processes() == set()
