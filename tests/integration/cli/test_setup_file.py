"""``acoupi setup --config``: many devices alike."""

import json
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

PROGRAM = "acoupi.programs.connected"
CONFIG = {
    "timezone": "Europe/Paris",
    "microphone": {"device_name": "hw:CARD=r0,DEV=0", "samplerate": 384_000},
    "messaging": {"mqtt": {"host": "lake", "password": "hushhush"}},
}


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "program.json"
    path.write_text(json.dumps(CONFIG))
    return path


def written(home: Path) -> dict[str, dict[str, object]]:
    return json.loads((home / "config" / "program.json").read_text())


def test_a_plain_configuration_is_taken_and_flags_come_before_it(
    run: Run, home: Path, plain: Path
) -> None:
    result = run(
        *("setup", "--program", PROGRAM, "--config", str(plain), "--no-prompt"),
        *("--microphone.samplerate", "250000", "--recording.duration=5"),
    )
    assert result.returncode == 0, result.stderr
    config = written(home)
    assert config["timezone"] == "Europe/Paris"
    assert config["microphone"]["device_name"] == "hw:CARD=r0,DEV=0"
    assert config["microphone"]["samplerate"] == 250_000
    assert config["recording"]["duration"] == 5
    assert config["messaging"]["mqtt"] == config["messaging"]["mqtt"] | {"password": "hushhush"}
    assert stat.S_IMODE((home / "config" / "program.json").stat().st_mode) == 0o600
    assert "hushhush" not in result.stdout + result.stderr


@pytest.mark.parametrize("form", ["json", "toml"])
def test_what_was_exported_says_which_program_it_is_for(
    run: Run, ready: Run, home: Path, tmp_path: Path, form: str
) -> None:
    before = written(home)
    path = tmp_path / f"sensor.{form}"
    path.write_text(ready("config", "export", "--secrets", "--format", form).stdout)
    result = run("setup", "--config", str(path), "--no-prompt", ACOUPI_HOME=str(tmp_path / "b"))
    assert result.returncode == 0, result.stderr
    assert written(tmp_path / "b") == before
    assert (tmp_path / "b" / "config" / "name").read_text().strip() == PROGRAM


def test_masked_secrets_are_those_of_the_home_or_said_to_be_missing(
    ready: Run, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "sensor.json"
    path.write_text(ready("config", "export").stdout)
    assert "hushhush" not in path.read_text()
    command = ("setup", "--config", str(path), "--no-prompt")
    assert ready(*command).returncode == 0
    assert written(home)["messaging"]["mqtt"] == written(home)["messaging"]["mqtt"] | {
        "password": "hushhush"
    }
    elsewhere = ready(*command, ACOUPI_HOME=str(tmp_path / "b"))
    assert elsewhere.returncode == 0
    assert "still missing: messaging.mqtt.password" in elsewhere.stderr
    given = ready(*command, "--messaging.mqtt.password", "psst", ACOUPI_HOME=str(tmp_path / "c"))
    assert "missing" not in given.stderr


def test_from_a_pipe_only_what_is_missing_is_asked(run: Run, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "part.json"
    path.write_text('{"recording": {"duration": 4}}')
    result = run(
        *("setup", "--program", PROGRAM, "--config", str(path)),
        input="hw:9\n",
        PATH=str(tmp_path),
    )
    assert result.returncode == 0, result.stderr
    assert "duration [" not in result.stderr
    assert written(home)["microphone"]["device_name"] == "hw:9"
    assert written(home)["recording"]["duration"] == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON: line 1"),
        ("a = = 1", "neither JSON nor TOML"),
        ("[1]", "holds no configuration"),
        ("[[1], 2]", "holds no configuration"),
        ('{"colour": "red"}', "has no field colour"),
        ('{"recording": {"duration": -1}}', "recording.duration: -1 should be more than 0"),
        ('{"acoupi_config": 1}', "is no exported configuration"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_nothing_written(
    run: Run, home: Path, tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "file.json"
    path.write_text(text)
    flags = ("--microphone.device_name", "hw:1")
    result = run("setup", "--program", PROGRAM, "--config", str(path), "--no-prompt", *flags)
    assert result.returncode == 3
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not home.exists()


def test_a_file_that_is_absent_or_for_another_program_is_refused(
    run: Run, home: Path, tmp_path: Path
) -> None:
    absent = run("setup", "--program", PROGRAM, "--config", str(tmp_path / "no"), "--no-prompt")
    assert absent.returncode == 3
    assert f"{tmp_path / 'no'} cannot be read" in absent.stderr
    path = tmp_path / "test.json"
    exported = {"acoupi_config": 1, "acoupi": "1", "program": "acoupi.programs.test", "config": {}}
    path.write_text(json.dumps(exported))
    other = run("setup", "--program", PROGRAM, "--config", str(path), "--no-prompt")
    assert other.returncode == 3
    assert f"is for acoupi.programs.test, not for {PROGRAM}" in other.stderr
    assert not home.exists()
    assert run("setup", "--config", str(path), "--no-prompt").returncode == 0
