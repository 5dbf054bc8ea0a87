"""What becomes of a home that acoupi 0.6 to 0.8 set up: the decisions."""

from typing import Any

import pytest

from acoupi.system.celery_config import EMBEDDED_BROKER_URL
from acoupi.system.differences import differences
from acoupi.system.takeover import OLD_BROKER_URL, asks_for_pickle, modern_celery_config

OLD_CELERY: dict[str, Any] = {
    "timezone": "UTC",
    "broker_url": OLD_BROKER_URL,
    "result_backend": "rpc://",
    "task_serializer": "pickle",
    "result_serializer": "pickle",
    "accept_content": ["pickle"],
    "task_soft_time_limit": 30,
    "task_time_limit": 60,
}

QUIET: dict[str, Any] = {
    "timezone": "UTC",
    "microphone": {"device_name": "hw:1,0"},
    "recording": {"schedule_start": "22:00:00", "schedule_end": "04:00:00"},
    "recording_saving": None,
}
"""A configuration that does today what it did before."""

SAVING = {"starttime": "18:00:00", "endtime": "20:00:00"}
MQTT = {"host": "lake", "port": 1883}


@pytest.mark.parametrize(
    ("celery", "pickled"),
    [
        (OLD_CELERY, True),
        ({"accept_content": ["json", "pickle"]}, True),
        ({"result_serializer": "pickle"}, True),
        ({"accept_content": ["json"]}, False),
        ({"accept_content": None}, False),
        ({}, False),
    ],
)
def test_pickle_is_found_wherever_it_is_asked_for(celery: dict[str, Any], pickled: bool) -> None:
    assert asks_for_pickle(celery) is pickled


def test_tasks_travel_as_json_in_a_file_of_the_home() -> None:
    config = modern_celery_config(OLD_CELERY)

    assert not asks_for_pickle(config.model_dump())
    assert config.broker_url == EMBEDDED_BROKER_URL
    assert config.task_soft_time_limit is None
    assert config.task_time_limit == 600


def test_what_the_owner_had_chosen_for_celery_stays() -> None:
    chosen = {"broker_url": "amqp://me:secret@lake//", "task_time_limit": 900, "worker_pool": "x"}

    config = modern_celery_config(OLD_CELERY | chosen)

    assert config.model_dump().items() >= chosen.items()


def test_where_nothing_is_different_nothing_is_said() -> None:
    assert differences(QUIET) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"recording": {"schedule_start": "06:00:00", "schedule_end": "22:30:00"}},
            ["recording.schedule: records from 06:00 to 22:30 only"],
        ),
        (
            {"timezone": "America/Lima", "recording_saving": SAVING},
            ["recording_saving: the hours from 18:00 to 20:00 are those of America/Lima"],
        ),
        ({"recording_saving": SAVING}, []),
        (
            {"saving_filters": {"before_dawndusk_duration": 10}},
            ["saving_filters: dawn and dusk are those of the deployment's place"],
        ),
        ({"saving_filters": {"after_dawndusk_duration": 0}}, []),
        (
            {"recording_saving": {"frequency_duration": 5, "frequency_interval": 120}},
            ["recording_saving: keeps 5 of every 120 minutes"],
        ),
        ({"recording_saving": {"frequency_duration": 5, "frequency_interval": 30}}, []),
        ({"recording_saving": {"frequency_duration": 5, "frequency_interval": 0}}, []),
        (
            {"messaging": {"http": {}, "mqtt": None}},
            [],
        ),
        (
            {"messaging": {"http": {"base_url": "x"}, "mqtt": None}},
            ["messaging: heartbeats wait"],
        ),
        (
            {"messaging": {"http": {"base_url": "x"}, "mqtt": MQTT}},
            [
                "messaging: every message goes by HTTP and by MQTT",
                "messaging.mqtt: a message is sent when the server has confirmed it",
                "messaging: heartbeats wait",
            ],
        ),
        (
            {"messaging": {"http": None, "mqtt": MQTT | {"port": 1884}}},
            [
                "messaging.mqtt: a message is sent",
                "messaging.mqtt.port: 1884 is kept",
                "messaging: heartbeats wait",
            ],
        ),
        (
            {"microphone": {"device_name": "UltraMic 250K 16 bit r4"}},
            ["microphone.device_name: 'UltraMic 250K 16 bit r4' is looked for"],
        ),
        ({"microphone": {"device_name": "default"}}, []),
        (
            {"paths": {"tmp_audio": "/run/shm", "recordings": "/r", "db_metadata": "/m.db"}},
            ["paths.tmp_audio: a WAV file in /run/shm", "/m.db: brought to today's form"],
        ),
        ({"timezone": "Europe/London"}, ["timezone: Europe/London is kept"]),
    ],
)
def test_what_is_different_is_said_for_exactly_this_configuration(
    change: dict[str, Any], said: list[str]
) -> None:
    lines = differences(QUIET | change)

    assert len(lines) == len(said)
    assert all(line.startswith(start) for line, start in zip(lines, said, strict=True)), lines


def test_a_sensor_in_london_is_not_asked_whether_it_is_there() -> None:
    assert differences(QUIET | {"timezone": "Europe/London"}, computer_zone="Europe/London") == []


def test_folders_by_date_are_told_of_where_there_are_any() -> None:
    (line,) = differences(QUIET, keeps_by_date=True)
    assert "YYYY/MM/DD" in line


@pytest.mark.parametrize(
    ("broker_url", "said"),
    [(OLD_BROKER_URL, "RabbitMQ is not needed"), ("amqp://me:secret@lake//", "is kept")],
)
def test_the_queue_that_was_replaced_is_told_of_without_its_password(
    broker_url: str, said: str
) -> None:
    as_json, broker = differences(QUIET, celery=OLD_CELERY | {"broker_url": broker_url})
    assert "JSON" in as_json
    assert said in broker
    assert "secret" not in broker
