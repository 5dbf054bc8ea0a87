"""What is checked of databases that are there already."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from celery import Celery

from acoupi._clock import utc_now
from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment
from acoupi.programs import default
from acoupi.system import Settings
from acoupi.system.checks.disk import check_disk
from acoupi.system.checks.findings import Verdict
from acoupi.system.checks.folders import check_stores
from acoupi.system.checks.subject import Subject
from acoupi.system.deployments import write_deployment_to_file


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    document = {
        "timezone": "UTC",
        "microphone": {"device_name": "none"},
        "paths": {
            "tmp_audio": tmp_path / "tmp",
            "recordings": tmp_path / "recordings",
            "db_metadata": tmp_path / "metadata.db",
        },
        "messaging": {"messages_db": tmp_path / "messages.db"},
    }
    config = default.Program.get_config_schema().model_validate(document)
    program = default.Program(config, Celery("test", set_as_current=False))
    return Subject(Settings(home=tmp_path / "home"), program, utc_now())


def set_schema(db_path: Path, version: int) -> None:
    SqliteStore(db_path).get_model_outputs()
    with closing(sqlite3.connect(db_path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")


@pytest.mark.parametrize("version", [0, 5])
def test_a_database_of_an_older_acoupi_does_not_keep_a_sensor_from_starting(
    tmp_path: Path, subject: Subject, version: int
) -> None:
    set_schema(tmp_path / "metadata.db", version)

    (stores,) = check_stores(subject)
    (disk,) = check_disk(subject)

    assert stores.verdict is Verdict.OK
    assert "metadata.db is brought up to date at the next start" in stores.why
    assert disk.verdict is not Verdict.FAILED


def test_a_database_of_a_newer_acoupi_does(tmp_path: Path, subject: Subject) -> None:
    set_schema(tmp_path / "metadata.db", 99)

    (stores,) = check_stores(subject)

    assert stores.verdict is Verdict.FAILED
    assert "newer acoupi" in stores.why


def test_a_database_that_is_gone_since_the_last_deployment_may_be_on_a_disk_that_is_not_there(
    tmp_path: Path, subject: Subject
) -> None:
    (before,) = check_stores(subject)
    subject.settings.deployment_file.parent.mkdir(parents=True)
    write_deployment_to_file(Deployment(name="lake"), subject.settings.deployment_file)

    (gone,) = check_stores(subject)

    assert before.verdict is Verdict.OK
    assert gone.verdict is Verdict.WARNING
    assert f"there is no {tmp_path / 'metadata.db'}" in gone.why
    assert "is mounted" in (gone.hint or "")
