"""Forgetting what a microphone was like."""

import datetime as dt
import json
from pathlib import Path

import pytest

from acoupi.audio.microphone_health.history import Channel, MicrophoneHealth
from acoupi.audio.microphone_health.kept import health_file, load_health, save_health
from acoupi.errors import ConfigurationError, DeviceUnavailableError
from acoupi.system.forgetting import find_histories, forget
from acoupi.system.settings import Settings

INSTANT = dt.datetime(2026, 5, 1, 6, tzinfo=dt.UTC)


@pytest.fixture
def db_path(tmp_path: Path) -> Path:
    return tmp_path / "data [old]" / "metadata.db"


@pytest.fixture
def settings(tmp_path: Path, db_path: Path) -> Settings:
    """Return those of a home whose program keeps recordings, beside what is not a history."""
    settings = Settings(home=tmp_path / "home")
    settings.program_config_file.parent.mkdir(parents=True)
    paths = {"db_metadata": str(db_path), "tmp_audio": str(tmp_path)}
    settings.program_config_file.write_text(json.dumps({"timezone": "UTC", "paths": paths}))
    db_path.parent.mkdir()
    db_path.write_text("a database")
    Path(f"{db_path}.microphone-told.json").write_text("{}")
    return settings


def remember(db_path: Path, device_name: str, rate_hz: int, name: str = "") -> Path:
    path = health_file(db_path, device_name, rate_hz)
    health = MicrophoneHealth(
        device_name=device_name,
        name=name,
        octaves_hz=[1000.0],
        place="meadow",
        updated_on=INSTANT,
        channels=[Channel()],
    )
    assert save_health(path, health)
    return path


@pytest.mark.parametrize("name", ["bats", "hw:1"])
def test_a_microphone_is_forgotten_at_all_its_rates_and_nothing_else(
    settings: Settings, db_path: Path, name: str
) -> None:
    gone = {remember(db_path, "hw:1", rate_hz, "bats") for rate_hz in (192_000, 384_000)}
    birds = remember(db_path, "hw:2", 48_000)
    before = set(db_path.parent.iterdir())
    histories = find_histories(settings, name)
    forget(histories)
    forget(histories)
    assert before - set(db_path.parent.iterdir()) == gone
    assert load_health(birds) is not None


def test_one_that_was_never_measured_is_told_apart_from_those_that_were(
    settings: Settings, db_path: Path
) -> None:
    with pytest.raises(DeviceUnavailableError) as caught:
        find_histories(settings, "bats")
    assert caught.value.help == "those that were measured: none"
    remember(db_path, "hw:1", 384_000, "bats")
    remember(db_path, "hw:2", 48_000)
    with pytest.raises(DeviceUnavailableError, match="microphone 'rats'") as caught:
        find_histories(settings, "rats")
    assert set((caught.value.help or "").partition(": ")[2].split(", ")) == {"bats", "hw:2"}


def test_a_program_that_keeps_no_recordings_has_nothing_to_forget(settings: Settings) -> None:
    settings.program_config_file.write_text('{"timezone": "UTC", "paths": {"db_metadata": "x"}}')
    with pytest.raises(ConfigurationError, match="says nowhere"):
        find_histories(settings, "bats")
