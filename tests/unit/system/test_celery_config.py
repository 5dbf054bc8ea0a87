from pathlib import Path

import pytest

from acoupi.errors import ConfigurationError
from acoupi.system.celery_config import CeleryConfig, load_celery_config


def test_nothing_that_arrives_can_run_code() -> None:
    config = CeleryConfig()

    assert config.accept_content == ["json"]
    assert config.task_serializer == config.result_serializer == "json"


def test_a_file_that_is_absent_means_the_defaults(tmp_path: Path) -> None:
    assert load_celery_config(tmp_path / "celery.json") == CeleryConfig()


def test_any_other_setting_of_celery_may_be_added(tmp_path: Path) -> None:
    path = tmp_path / "celery.json"
    path.write_text('{"worker_max_tasks_per_child": 7}')

    assert load_celery_config(path).to_celery()["worker_max_tasks_per_child"] == 7


@pytest.mark.parametrize("url", ["amqp://guest@localhost//", "pyamqp://guest@localhost//"])
def test_rabbitmq_confirms_what_it_was_given(url: str) -> None:
    options = CeleryConfig(broker_url=url).to_celery()["broker_transport_options"]

    assert options["confirm_publish"]
    assert options["read_timeout"] == options["write_timeout"] == 30


def test_no_prefetch_is_given_back_after_a_reconnection() -> None:
    assert not CeleryConfig(broker_url="amqp://x").to_celery()[
        "worker_enable_prefetch_count_reduction"
    ]


@pytest.mark.parametrize("limit_s", [600, 7200])
@pytest.mark.parametrize("url", ["redis://localhost/0", "rediss://x", "redis+socket:///run/r"])
def test_redis_gives_a_task_to_another_only_when_it_cannot_be_running(
    url: str, limit_s: int
) -> None:
    config = CeleryConfig(broker_url=url, task_time_limit=limit_s).to_celery()
    options = config["broker_transport_options"]

    assert options["visibility_timeout"] > limit_s
    assert options["unacked_restore_throttle"] == 1
    assert options["socket_timeout"] == 30


def test_a_broker_that_is_away_is_waited_for_without_end() -> None:
    assert CeleryConfig().to_celery()["broker_connection_max_retries"] is None


def test_the_embedded_broker_needs_no_options() -> None:
    assert "broker_transport_options" not in CeleryConfig().to_celery()


def test_what_its_owner_says_about_the_broker_counts() -> None:
    config = CeleryConfig.model_validate(
        {"broker_url": "amqp://x", "broker_transport_options": {"confirm_publish": False}}
    )

    assert config.to_celery()["broker_transport_options"]["confirm_publish"] is False


@pytest.mark.parametrize("text", ["{", '{"task_time_limit": "soon"}', "[]", ""])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "celery.json"
    path.write_text(text)

    with pytest.raises(ConfigurationError, match=str(path)):
        load_celery_config(path)
