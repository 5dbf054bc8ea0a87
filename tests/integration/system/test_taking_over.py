"""A home as acoupi 0.6 to 0.8 left it, set up again."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from acoupi.cli import acoupi
from acoupi.system import Settings, get_current_deployment, load_program, start_deployment
from acoupi.system.services import install_services

PROGRAM = "acoupi.programs.connected"

CELERY: dict[str, Any] = {
    "enable_utc": True,
    "timezone": "UTC",
    "broker_url": "pyamqp://guest@localhost//",
    "broker_connection_retry_on_startup": True,
    "result_backend": "rpc://",
    "result_persistent": False,
    "task_serializer": "pickle",
    "result_serializer": "pickle",
    "accept_content": ["pickle"],
    "task_acks_late": True,
    "worker_prefetch_multiplier": 1,
    "task_soft_time_limit": 30,
    "task_time_limit": 60,
    "beat_max_loop_interval": 1,
}

UNIT = """
[Unit]
Description=Acoupi Service
[Service]
Type=forking
EnvironmentFile={home}/config/celery.json
WorkingDirectory={home}
ExecStart={home}/bin/acoupi-workers-start.sh
"""


def old_config(storage: Path) -> dict[str, Any]:
    return {
        "timezone": "Europe/London",
        "microphone": {
            "device_name": "AudioMoth",
            "samplerate": 192_000,
            "audio_channels": 1,
            "time_expansion": 1.0,
        },
        "recording": {
            "duration": 5,
            "interval": 12,
            "chunksize": 8192,
            "schedule_start": "06:00:00",
            "schedule_end": "22:30:00",
            "lost_field": 1,
        },
        "paths": {
            "tmp_audio": str(storage / "shm"),
            "recordings": str(storage / "recordings"),
            "db_metadata": str(storage / "metadata.db"),
        },
        "messaging": {
            "messages_db": str(storage / "messages.db"),
            "message_send_interval": 60,
            "max_messages": None,
            "message_order": "oldest_first",
            "heartbeat_interval": 1800,
            "http": {"base_url": "http://lake", "content_type": "application/json", "timeout": 5},
            "mqtt": {
                "host": "lake",
                "username": "me",
                "password": "hushhush",
                "topic": "acoupi",
                "port": 1884,
                "timeout": 5,
                "use_tls": False,
                "transport": "tcp",
            },
        },
        "recording_saving": None,
    }


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    home = tmp_path / "old"
    monkeypatch.setenv("ACOUPI_HOME", str(home))
    monkeypatch.setenv("TZ", "America/Lima")
    for name in ("bin", "config", "log", "run"):
        (home / name).mkdir(parents=True)
    (home / "app.py").write_text("app = None\n")
    (home / "bin" / "acoupi-workers-start.sh").write_text("#!/bin/bash\ncelery -A app multi\n")
    (home / "config" / "name").write_text(PROGRAM)
    (home / "config" / "celery.json").write_text(json.dumps(CELERY, indent=2))
    (home / "config" / "program.json").write_text(json.dumps(old_config(tmp_path / "data")))
    return Settings()


def set_up(*args: str, program: str = PROGRAM) -> Result:
    return CliRunner().invoke(acoupi, ["setup", "--program", program, "--no-prompt", *args])


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())


def test_what_the_person_had_chosen_stays(settings: Settings, tmp_path: Path) -> None:
    result = set_up("--recording.duration", "4")

    assert result.exit_code == 0, result.stderr
    config = read(settings.program_config_file)
    expected = old_config(tmp_path / "data")
    del expected["recording"]["lost_field"]
    expected["recording"]["duration"] = 4
    expected["messaging"]["mqtt"]["use_message_type"] = False
    expected["microphone"] |= {"bit_depth": 16, "channel": None, "name": "", "gain_note": ""}
    expected["further_microphones"] = []
    expected["recording"] |= {"watch_microphone": True, "trigger": None}
    expected["privacy"] = {"policy": "off", "threshold": 0.3, "margin_s": 0.5}
    expected["storage"] = {
        "recording_format": "wav",
        "min_free_mb": 200,
        "when_full": "stop_recording",
    }
    assert config == expected


def test_tasks_travel_as_json_and_what_was_there_is_beside(
    settings: Settings, tmp_path: Path
) -> None:
    set_up()

    assert read(settings.celery_config_file)["accept_content"] == ["json"]
    assert read(settings.celery_config_file.with_name("celery.json.bak")) == CELERY
    backup = settings.program_config_file.with_name("program.json.bak")
    assert read(backup) == old_config(tmp_path / "data")
    assert backup.stat().st_mode & 0o777 == 0o600
    assert load_program(settings).app.conf.broker_url == "embedded://"


def test_what_will_be_different_is_told_on_stderr_without_secrets(settings: Settings) -> None:
    result = set_up()

    assert result.stdout == ""
    for said in (
        "left out, because the program does not know it: recording.lost_field",
        "records from 06:00 to 22:30 only",
        "by HTTP and by MQTT",
        "1884 is kept",
        "'AudioMoth' is looked for",
        "YYYY/MM/DD",
        "this computer is in America/Lima",
        "RabbitMQ is not needed",
    ):
        assert said in result.stderr
    assert "hushhush" not in result.stderr


def test_the_second_time_it_is_a_home_like_any_other(settings: Settings) -> None:
    set_up()
    before = settings.program_config_file.read_text()

    result = set_up()

    assert "different" not in result.stderr
    assert settings.program_config_file.read_text() == before


def test_another_program_begins_anew_and_the_old_configuration_is_beside(
    settings: Settings, tmp_path: Path
) -> None:
    result = set_up("--microphone.device_name", "hw:1,0", program="acoupi.programs.default")

    assert result.exit_code == 0, result.stderr
    assert read(settings.program_config_file)["recording"]["duration"] == 3
    backup = settings.program_config_file.with_name("program.json.bak")
    assert read(backup) == old_config(tmp_path / "data")


def test_whoever_wants_to_begin_anew_says_so(settings: Settings) -> None:
    set_up()

    result = set_up("--no-keep", "--microphone.device_name", "hw:1,0")

    assert result.exit_code == 0, result.stderr
    assert read(settings.program_config_file)["recording"]["interval"] == 10
    backup = settings.program_config_file.with_name("program.json.bak")
    assert read(backup)["recording"]["interval"] == 12


def test_a_configuration_that_cannot_be_read_is_put_beside(settings: Settings) -> None:
    settings.program_config_file.write_text('{"timezone": "Euro')

    result = set_up("--microphone.device_name", "hw:1,0")

    assert result.exit_code == 0, result.stderr
    backup = settings.program_config_file.with_name("program.json.bak")
    assert backup.read_text() == '{"timezone": "Euro'


def test_a_value_that_is_no_longer_possible_is_named_and_nothing_is_changed(
    settings: Settings, tmp_path: Path
) -> None:
    config = old_config(tmp_path / "data") | {"timezone": "Nowhere/Land"}
    settings.program_config_file.write_text(json.dumps(config))

    refused = set_up()

    assert refused.exit_code != 0
    assert "Nowhere/Land" in refused.stderr
    assert read(settings.celery_config_file) == CELERY
    assert set_up("--timezone", "UTC").exit_code == 0


def test_a_home_whose_deployment_goes_on_is_left_alone(settings: Settings) -> None:
    start_deployment(settings, "lake")

    result = set_up()

    assert "acoupi deployment stop" in result.stderr
    assert read(settings.celery_config_file) == CELERY


def test_the_old_units_are_replaced(settings: Settings, tmp_path: Path) -> None:
    units = tmp_path / "units"
    units.mkdir()
    for name in ("acoupi.service", "acoupi-beat.service"):
        (units / name).write_text(UNIT.format(home=settings.home))
    set_up()

    install_services(settings, units)

    assert "Type=forking" not in (units / "acoupi.service").read_text()


def test_a_deployment_of_the_old_acoupi_is_ended_though_its_broker_is_gone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    url = f"pyamqp://guest@127.0.0.1:{port}//"
    settings.celery_config_file.write_text(
        json.dumps(CELERY | {"broker_url": url, "broker_transport_options": {"max_retries": 1}})
    )
    monkeypatch.setenv("ACOUPI_SUPERVISION", "detached")
    start_deployment(settings, "lake")

    stopped = CliRunner().invoke(acoupi, ["deployment", "stop"])

    assert stopped.exit_code == 0, stopped.stderr
    assert get_current_deployment(settings) is None
    assert set_up().exit_code == 0
