"""A deployment from set-up to stop, as a person at a shell has it."""

import json
import subprocess
import wave
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def listening(run: Run, home: Path, tmp_path: Path) -> Generator[Run]:
    """Run it in a home whose microphone is a file of silence; stop what a test leaves."""
    silence = tmp_path / "silence.wav"
    with wave.open(str(silence), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(bytes(2 * 48_000 * 5))
    result = run(
        *("setup", "--program", "acoupi.programs.activity", "--no-prompt"),
        *("--microphone.device_name", f"replay:{silence}?loop=yes"),
        *("--recording.schedule_start", "00:00", "--recording.schedule_end=00:00"),
        *("--paths.tmp_audio", str(home / "tmp")),
    )
    assert result.returncode == 0, result.stderr
    yield lambda *args: run(*args, ACOUPI_SUPERVISION="detached")
    run("deployment", "stop", ACOUPI_SUPERVISION="detached")


def test_a_deployment_is_checked_started_shown_and_stopped(
    listening: Run, wait_until: Callable[..., None]
) -> None:
    checked = listening("check")
    assert checked.returncode == 0, checked.stdout
    assert "no sound" in checked.stdout or "every sample is the same" in checked.stdout
    started = listening("deployment", "start", "--name", "meadow", "--latitude", "-1.5")
    assert started.returncode == 0, started.stderr
    assert started.stdout == ""

    status = json.loads(listening("deployment", "status", "--json").stdout)
    assert (status["deployment"]["name"], status["deployment"]["latitude"]) == ("meadow", -1.5)

    wait_until(lambda: '"id"' in listening("recordings", "--json").stdout)
    table = listening("deployment", "status").stdout
    assert "last recording" in table
    assert table.splitlines()[1].split() == ["health", "ok"]
    checks = json.loads(listening("check", "--json").stdout)["checks"]
    how = {check["what"]: check for check in checks}
    assert "the deployment is recording" in how["microphone"]["why"]
    assert how["model"]["verdict"] == "skipped"
    assert "recording saved" in listening("logs", "--worker", "recording").stdout

    again = listening("deployment", "start", "--name", "other")
    assert again.returncode == 8
    assert "the deployment 'meadow' is running" in again.stderr

    assert listening("deployment", "stop").returncode == 0
    assert json.loads(listening("deployment", "status", "--json").stdout)["deployment"] is None
