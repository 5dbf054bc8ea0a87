"""A sensor that runs is taken off the computer."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from acoupi.cli import acoupi
from acoupi.system import get_current_deployment, start_program, stop_program
from acoupi.system.supervisor.locks import holders, is_held

Wait = Callable[..., None]


def uninstall(*args: str) -> str:
    result = CliRunner().invoke(acoupi, ["uninstall", "--yes", *args])
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.fixture
def detached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOUPI_SUPERVISION", "detached")


@pytest.mark.usefixtures("detached")
def test_a_deployment_that_runs_is_ended_first_and_can_be_started_again(
    sensor: Any, wait_until: Wait
) -> None:
    settings = sensor.settings
    start_program(settings, "lake")
    wait_until(lambda: sensor.events("tick"))

    told = uninstall()

    assert "removed    run state" in told
    assert sensor.processes() == set()
    assert get_current_deployment(settings) is None
    assert sensor.events("stop")
    assert not settings.run_dir.exists()

    start_program(settings, "meadow")
    assert settings.beat_script_path.exists()
    stop_program(settings)


def test_a_sensor_in_the_foreground_and_a_beat_by_hand_are_ended_too(
    sensor: Any, wait_until: Wait
) -> None:
    settings = sensor.settings
    workers = [sys.executable, "-m", "acoupi", "run", "--no-beat"]
    environment = os.environ | {"ACOUPI_HOME": str(settings.home)}
    started = [
        subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        for command in (workers, [settings.beat_script_path])
    ]
    wait_until(lambda: sensor.events("tick"))

    uninstall("--purge", "all")

    assert [process.wait(10) for process in started] == [0, 0]
    assert not is_held(settings.lock_file)
    assert sorted(path.name for path in settings.home.iterdir()) == ["tiny_program.py"]


@pytest.mark.usefixtures("detached")
def test_a_deployment_of_a_program_that_is_gone_is_ended_as_well_as_can_be(
    sensor: Any, wait_until: Wait
) -> None:
    settings = sensor.settings
    start_program(settings, "lake")
    module = settings.home / "tiny_program.py"
    module.rename(module.with_suffix(".gone"))
    sys.modules.pop("tiny_program")

    told = CliRunner().invoke(acoupi, ["uninstall", "--yes"])

    assert told.exit_code == 0
    assert "not as it should: the program 'tiny_program' cannot be imported" in told.stderr
    assert holders(settings.lock_file) == set()
    assert not settings.run_dir.exists()
