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

    assert options == {"confirm_publish": True}


def test_what_its_owner_says_about_the_broker_counts() -> None:
    config = CeleryConfig.model_validate(
        {"broker_url": "amqp://x", "broker_transport_options": {"confirm_publish": False}}
    )

    assert config.to_celery()["broker_transport_options"] == {"confirm_publish": False}


@pytest.mark.parametrize("text", ["{", '{"task_time_limit": "soon"}', "[]", ""])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "celery.json"
    path.write_text(text)

    with pytest.raises(ConfigurationError, match=str(path)):
        load_celery_config(path)
