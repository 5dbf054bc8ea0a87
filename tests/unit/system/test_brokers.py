import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from amqp.exceptions import AccessRefused
from celery import signals

from acoupi.errors import ConfigurationError, ServiceError
from acoupi.system import Settings, brokers
from acoupi.system.brokers import (
    create_app,
    move_broker_to_memory,
    prepare_broker_dir,
    reaching_broker,
)


def test_the_embedded_broker_is_below_the_home(settings: Settings) -> None:
    conf: Any = create_app(settings).conf

    assert conf.broker_transport_options == {
        "path": str(settings.home / "run" / "broker" / "broker.db")
    }


def test_the_broker_is_in_memory_where_that_lasts(settings: Settings, tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()

    directory = prepare_broker_dir(settings, memory)

    assert directory.is_symlink()
    assert directory.resolve().parent == memory


def test_a_folder_in_memory_that_a_reboot_removed_is_made_again(
    settings: Settings, tmp_path: Path
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    directory = prepare_broker_dir(settings, memory)
    directory.resolve().rmdir()

    assert prepare_broker_dir(settings, memory).resolve().is_dir()


def test_without_its_memory_the_broker_goes_to_the_card(
    settings: Settings, tmp_path: Path
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    prepare_broker_dir(settings, memory).resolve().rmdir()
    memory.rmdir()

    directory = prepare_broker_dir(settings)

    assert directory.is_dir()
    assert not directory.is_symlink()


def test_queues_on_the_card_begin_anew_in_memory_once_that_lasts(
    settings: Settings, tmp_path: Path
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    prepare_broker_dir(settings)
    settings.broker_file.touch()

    move_broker_to_memory(settings, memory)
    assert settings.broker_dir.resolve().parent == memory
    assert not settings.broker_file.exists()

    settings.broker_file.touch()
    move_broker_to_memory(settings, memory)
    assert settings.broker_file.exists()


def test_queues_stay_on_the_card_beside_a_file_of_somebody_else(
    settings: Settings, tmp_path: Path
) -> None:
    note = prepare_broker_dir(settings) / "note"
    note.touch()

    move_broker_to_memory(settings, tmp_path)

    assert note.exists()
    assert not settings.broker_dir.is_symlink()


def test_two_homes_never_share_a_broker(tmp_path: Path) -> None:
    homes = [Settings(home=tmp_path / name) for name in ("a", "b")]

    assert len({prepare_broker_dir(s, tmp_path).resolve() for s in homes}) == 2


def test_a_run_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file")

    with pytest.raises(ConfigurationError, match=str(tmp_path / "run")):
        prepare_broker_dir(Settings(home=tmp_path))


@pytest.mark.usefixtures("as_root")
def test_root_leaves_the_broker_where_the_user_of_the_sensor_has_it(
    settings: Settings, tmp_path: Path
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    directory = prepare_broker_dir(settings, memory).resolve()
    for path in (settings.home, directory):
        os.chown(path, 65534, 65534)

    assert prepare_broker_dir(settings, tmp_path).resolve() == directory


@pytest.mark.usefixtures("as_root")
def test_what_root_makes_belongs_to_the_user_of_the_sensor(settings: Settings) -> None:
    settings.home.mkdir(exist_ok=True)
    os.chown(settings.home, 65534, 65534)

    directory = prepare_broker_dir(settings)

    assert [path.stat().st_uid for path in (directory.parent, directory)] == [65534, 65534]


@dataclass(eq=False)
class Worker:
    """As much of a worker as is there when it begins."""

    app: Any


def use_broker(settings: Settings, url: str) -> Settings:
    settings.celery_config_file.parent.mkdir(parents=True)
    settings.celery_config_file.write_text(f'{{"broker_url": "{url}"}}')
    return settings


@pytest.fixture
def on_redis(settings: Settings) -> Settings:
    return use_broker(settings, "redis://localhost/0")


def test_a_broker_of_no_known_kind_is_refused_with_examples(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match=r"celery.json: broker_url .*'rabbit'") as caught:
        create_app(use_broker(settings, "rabbit://localhost"))

    assert "amqp://" in str(caught.value.help)


def test_a_refused_login_is_told_like_any_other_broker_out_of_reach(settings: Settings) -> None:
    with (
        pytest.raises(ServiceError, match="Login was refused") as caught,
        reaching_broker(settings),
    ):
        raise AccessRefused("Login was refused")

    assert str(settings.celery_config_file) in str(caught.value.help)


def test_redis_without_its_package_says_how_to_get_it(
    on_redis: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brokers, "find_spec", lambda _: None)

    with pytest.raises(ConfigurationError, match="redis://") as caught:
        create_app(on_redis)

    assert "acoupi[redis]" in str(caught.value.help)


def test_redis_waits_for_longer_than_the_longest_task(on_redis: Settings) -> None:
    app: Any = create_app(on_redis)

    @app.task(name="long", time_limit=5000, shared=False)
    def long() -> None: ...

    signals.worker_init.send(sender=Worker(app))

    assert app.conf.broker_transport_options["visibility_timeout"] > 5000
