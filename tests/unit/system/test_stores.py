import json
import os
import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from acoupi._sqlite import Database, Migration, find_schema, reading
from acoupi.components.message_stores.sqlite import schema as of_messages
from acoupi.components.stores.sqlite import schema as of_metadata
from acoupi.errors import ConfigurationError, MigrationError
from acoupi.system import Settings
from acoupi.system.places import Places
from acoupi.system.retrying import retry_messages, retry_recordings
from acoupi.system.stores import current_messages, current_metadata
from acoupi.system.supervisor.locks import acquire
from acoupi.system.units import unit_path

KINDS = {
    "metadata.db": (current_metadata, of_metadata.MIGRATIONS),
    "messages.db": (current_messages, of_messages.MIGRATIONS),
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    names = {f"{name.removesuffix('.db')}_db": tmp_path / name for name in KINDS}
    return Places(ZoneInfo("UTC"), waiting_dir=tmp_path / "tmp", **names)


@pytest.fixture
def running(settings: Settings) -> Generator[None]:
    fd = acquire(settings.lock_file)
    assert fd is not None
    yield
    os.close(fd)


def write(path: Path, migrations: Sequence[Migration]) -> None:
    with closing(Database(path, migrations)) as database, database.read():
        pass


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("known", [1, 2])
def test_one_of_any_older_acoupi_is_brought_up_to_date_with_a_copy_beside(
    settings: Settings, places: Places, tmp_path: Path, name: str, known: int
) -> None:
    current, migrations = KINDS[name]
    write(tmp_path / name, migrations[:known])
    told: list[str] = []

    for _ in range(2):
        current(settings, places, told.append)

    assert find_schema(tmp_path / name) == len(migrations)
    assert find_schema(tmp_path / f"{name}.bak-v{known}") == known
    assert told == [f"bringing {name} up to date; a copy of it as it was stays beside it"]


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.usefixtures("running")
def test_a_sensor_that_runs_is_not_robbed_of_the_form_it_knows(
    settings: Settings, places: Places, tmp_path: Path, name: str
) -> None:
    current, migrations = KINDS[name]
    write(tmp_path / name, migrations[:1])
    with pytest.raises(MigrationError, match=f"{name} is of an older acoupi") as caught:
        current(settings, places, print)
    assert "acoupi workers restart" in str(caught.value.help)
    assert find_schema(tmp_path / name) == 1


@pytest.mark.parametrize(
    ("name", "retry"), [("metadata.db", retry_recordings), ("messages.db", retry_messages)]
)
@pytest.mark.usefixtures("running")
def test_nor_by_who_has_something_tried_again(
    settings: Settings, tmp_path: Path, name: str, retry: Callable[[Settings], int]
) -> None:
    write(tmp_path / name, KINDS[name][1][:1])
    document = {
        "timezone": "UTC",
        "paths": {"db_metadata": f"{tmp_path}/metadata.db", "tmp_audio": f"{tmp_path}/tmp"},
        "messaging": {"messages_db": f"{tmp_path}/messages.db"},
    }
    settings.program_config_file.parent.mkdir(parents=True)
    settings.program_config_file.write_text(json.dumps(document))
    with pytest.raises(MigrationError, match="the sensor runs"):
        retry(settings)
    assert find_schema(tmp_path / name) == 1


@pytest.fixture
def running_as_a_service(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have systemd say that it runs the sensor, as that of acoupi 0.8, which held no lock."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    unit = unit_path(None, settings.acoupi_service_file)
    unit.parent.mkdir(parents=True)
    unit.write_text(f"Description=Acoupi Service\nWorkingDirectory={settings.home}\n")
    systemctl = tmp_path / "bin" / "systemctl"
    systemctl.parent.mkdir()
    systemctl.write_text("#!/bin/sh\necho active\n")
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", str(systemctl.parent), prepend=os.pathsep)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.usefixtures("running_as_a_service")
def test_neither_is_one_of_before_there_was_a_lock(
    settings: Settings, places: Places, tmp_path: Path, name: str
) -> None:
    current, migrations = KINDS[name]
    write(tmp_path / name, migrations[:1])
    with pytest.raises(MigrationError, match="the sensor runs"):
        current(settings, places, print)
    assert find_schema(tmp_path / name) == 1


def a_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE bird (name TEXT)")


def today(path: Path) -> None:
    write(path, KINDS[path.name][1])


def tables(path: Path) -> list[str] | None:
    with reading(path) as found:
        return None if found is None else list(found.iterdump())


def nothing(_: Path) -> None:
    """Leave it out."""


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("make", [a_table, today, nothing])
@pytest.mark.usefixtures("running")
def test_what_is_of_today_of_somebody_else_or_not_there_is_left_alone(
    settings: Settings, places: Places, tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    make(tmp_path / name)
    before = tables(tmp_path / name)
    KINDS[name][0](settings, places, print)
    assert tables(tmp_path / name) == before
    assert not list(tmp_path.glob("*.bak*"))


def test_a_program_that_keeps_none_has_none(settings: Settings) -> None:
    for current, _ in KINDS.values():
        with pytest.raises(ConfigurationError):
            current(settings, Places(ZoneInfo("UTC")), print)
