# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu and Celery have no type information.
import logging
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError

from acoupi import broker
from acoupi.broker import schema
from acoupi.errors import ConfigurationError, StoreError

Connect = Callable[..., Connection]


def declare(connection: Connection, name: str = "tasks") -> None:
    connection.default_channel.queue_declare(name)


def set_aside(path: Path) -> list[Path]:
    return list(path.parent.glob("broker.db.damaged-????????T????????????Z"))


def test_only_the_owner_can_read_the_file_or_its_folder(
    connect: Connect, broker_file: Path
) -> None:
    declare(connect())
    assert stat.S_IMODE(broker_file.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in broker_file.parent.iterdir()} == {0o600}


def test_a_file_that_is_no_database_is_set_aside(
    connect: Connect, broker_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broker_file.parent.mkdir()
    broker_file.write_bytes(b"power went off here" * 400)
    with caplog.at_level(logging.WARNING):
        declare(connect())
    assert broker.queue_sizes(broker_file) == {"tasks": 0}
    assert [path.read_bytes()[:5] for path in set_aside(broker_file)] == [b"power"]
    assert "set aside" in caplog.text


def test_a_file_of_another_version_is_set_aside(connect: Connect, broker_file: Path) -> None:
    broker_file.parent.mkdir()
    with sqlite3.connect(broker_file) as db:
        schema.create(db)
        db.execute("PRAGMA user_version = 99")
    db.close()
    declare(connect())
    assert len(set_aside(broker_file)) == 1


def test_a_database_of_something_else_is_refused_and_left_alone(
    connect: Connect, broker_file: Path
) -> None:
    broker_file.parent.mkdir()
    with sqlite3.connect(broker_file) as db:
        db.execute("CREATE TABLE recording (id)")
    db.close()
    with pytest.raises(ConfigurationError, match="not one of the broker's"):
        connect().connect()
    assert set_aside(broker_file) == []


def test_damage_met_at_work_ends_the_connection_and_the_next_one_starts_afresh(
    connect: Connect, broker_file: Path
) -> None:
    connection = connect()
    declare(connection)
    with connection.transport.mailbox.reading() as db:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'queue'"
        (page,) = db.execute(query).fetchone()
    connection.close()
    with broker_file.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    again = connect()
    with pytest.raises(connection.connection_errors):
        declare(again)
    again.close()
    declare(connect(), "fresh")
    assert broker.queue_sizes(broker_file) == {"fresh": 0}
    assert len(set_aside(broker_file)) == 1


def test_a_file_taken_away_is_noticed_and_made_again(connect: Connect, broker_file: Path) -> None:
    connection = connect()
    declare(connection)
    for path in broker_file.parent.iterdir():
        path.unlink()
    with pytest.raises(ConnectionResetError, match="was replaced"):
        declare(connection)
    declare(connection)
    assert broker.queue_sizes(broker_file) == {"tasks": 0}


def test_what_one_thread_meets_is_heard_by_the_one_that_listens(
    connect: Connect, broker_file: Path
) -> None:
    connection = connect()
    queue = connection.SimpleQueue("tasks")
    queue.put("work")
    message = queue.get(timeout=1)
    for path in broker_file.parent.iterdir():
        path.unlink()
    message.ack_log_error(logging.getLogger(), connection.connection_errors)
    with pytest.raises(ConnectionResetError, match="was replaced"):
        connection.drain_events(timeout=1)
    declare(connection, "again")
    assert broker.queue_sizes(broker_file) == {"again": 0}


def test_a_claim_that_cannot_be_given_up_comes_back(connect: Connect) -> None:
    connection, other = connect(), connect()
    queue = connection.SimpleQueue("tasks")
    queue.put("work")
    message = queue.get(timeout=1)
    with connection.transport.mailbox.reading() as db:
        db.execute("PRAGMA query_only=ON")  # as a disk that has become read-only
    message.ack_log_error(logging.getLogger(), connection.connection_errors)
    assert not connection.connected
    assert other.default_channel.basic_get("tasks") is None
    connection.default_channel.queue_declare("connected again")
    assert other.SimpleQueue("tasks").get(timeout=3).payload == "work"


def test_a_full_broker_says_so_at_once_and_can_be_emptied(connect: Connect) -> None:
    connection = connect(max_bytes=200_000)
    queue = connection.SimpleQueue("tasks")

    def fill() -> None:
        for _ in range(1000):
            queue.put("x" * 1000, retry=True, retry_policy={"max_retries": None})

    with pytest.raises(OperationalError, match="limit of 200000 bytes"):
        fill()
    received = 0
    while queue.qsize():
        queue.get(timeout=1).ack()
        received += 1
    assert received > 50
    queue.put("room again")
    queue.close()


def test_sizes_of_a_broker_that_never_ran_are_empty(broker_file: Path) -> None:
    assert broker.queue_sizes(broker_file) == {}


def test_sizes_of_a_damaged_file_are_an_error_with_advice(broker_file: Path) -> None:
    broker_file.parent.mkdir()
    broker_file.write_bytes(b"nothing" * 1000)
    with pytest.raises(StoreError, match=r"broker\.db cannot be read"):
        broker.queue_sizes(broker_file)


def test_a_path_longer_than_a_socket_address_works(tmp_path: Path) -> None:
    broker.register()
    path = tmp_path.joinpath(*["a-rather-long-folder-name"] * 12) / "broker.db"
    with Connection("embedded://", transport_options={"path": str(path)}) as connection:
        queue = connection.SimpleQueue("tasks")
        queue.put("here")
        assert queue.get(timeout=1).payload == "here"
        queue.close()
