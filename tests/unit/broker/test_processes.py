# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu and Celery have no type information.
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection

from acoupi.broker import doorbell
from acoupi.broker.doorbell import Doorbell

Connect = Callable[..., Connection]

CLAIMER = """
import sys, time
from kombu import Connection
from acoupi import broker
broker.register()
connection = Connection("embedded://", transport_options={"path": sys.argv[1]})
channel = connection.default_channel
channel.queue_declare("private", exclusive=True)
message = channel.basic_get("tasks")
print(message.payload, flush=True)
time.sleep(60)
"""


def wait_until(condition: Callable[[], Any], timeout_s: float = 5) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        time.sleep(0.005)


def start_claimer(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CLAIMER, str(path)], stdout=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def publish(connection: Connection, body: str) -> None:
    queue = connection.SimpleQueue("tasks")
    queue.put(body)
    queue.close()


def in_child(act: Callable[[], bool]) -> Callable[[], bool]:
    """Run a function in a forked child; the result says whether it was true."""
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(0 if act() else 1)
        finally:
            os._exit(2)
    return lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_claim_and_a_private_queue_end_with_their_process(
    connect: Connect, broker_file: Path
) -> None:
    connection = connect()
    publish(connection, "work")
    process = start_claimer(broker_file)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "work\n"
        assert connection.default_channel.basic_get("tasks") is None
    finally:
        finish(process)
    queue = connection.SimpleQueue("tasks")
    message = queue.get(timeout=3)
    assert (message.payload, message.delivery_info["redelivered"]) == ("work", True)
    assert not connection.default_channel._has_queue("private")
    queue.close()


def test_a_publisher_that_finds_a_dead_consumer_gives_its_claims_back(
    connect: Connect, broker_file: Path
) -> None:
    connection = connect(sweep_interval=3600)
    publish(connection, "first")
    process = start_claimer(broker_file)
    assert process.stdout is not None
    process.stdout.readline()
    finish(process)
    publish(connection, "second")
    channel = connection.default_channel
    assert [channel.basic_get("tasks").payload for _ in range(2)] == ["first", "second"]


def test_a_waiting_consumer_is_woken_long_before_it_would_look_by_itself(
    connect: Connect,
) -> None:
    reader = connect(sweep_interval=30)
    queue = reader.SimpleQueue("tasks")
    sender = in_child(lambda: bool(connect()) and publish(connect(), "ring") is None)
    started_s = time.monotonic()
    assert queue.get(timeout=20).payload == "ring"
    assert time.monotonic() - started_s < 10
    assert sender()
    queue.close()


def test_two_processes_share_a_queue_without_sharing_a_message(
    connect: Connect, broker_file: Path
) -> None:
    connection = connect()
    publish(connection, "a")
    publish(connection, "b")
    process = start_claimer(broker_file)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "a\n"
        assert connection.default_channel.basic_get("tasks").payload == "b"
        assert connection.default_channel.basic_get("tasks") is None
    finally:
        finish(process)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_neither_answers_for_its_parent_nor_gives_its_claims_back(
    connect: Connect,
) -> None:
    connection, other = connect(), connect()
    publish(connection, "work")
    message = connection.default_channel.basic_get("tasks")
    name = connection.transport.mailbox.name

    def close_what_was_inherited() -> bool:
        connection.close()
        return connect().default_channel.basic_get("tasks") is None

    assert in_child(close_what_was_inherited)()
    assert doorbell.is_alive(name)
    assert other.default_channel.basic_get("tasks") is None
    message.ack()
    assert connection.default_channel.queue_declare("tasks", passive=True).message_count == 0


PARENT = """
import os, sys, time
from kombu import Connection
from acoupi import broker
broker.register()
connection = Connection("embedded://", transport_options={"path": sys.argv[1]})
message = connection.default_channel.basic_get("tasks")
if (child := os.fork()) == 0:
    time.sleep(60)
    os._exit(0)
print(child, flush=True)
time.sleep(60)
"""


def test_a_child_that_outlives_its_parent_does_not_keep_its_claims(
    connect: Connect, broker_file: Path
) -> None:
    connection = connect()
    publish(connection, "work")
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(broker_file)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    try:
        process.kill()
        process.wait()
        queue = connection.SimpleQueue("tasks")
        assert queue.get(timeout=3).payload == "work"
        queue.close()
    finally:
        os.kill(child, signal.SIGKILL)
        process.stdout.close()


def test_a_forked_child_can_publish_on_what_it_inherited(connect: Connect) -> None:
    connection = connect()
    publish(connection, "parent")
    assert in_child(lambda: publish(connection, "child") is None)()
    channel = connection.default_channel
    assert [channel.basic_get("tasks").payload for _ in range(2)] == ["parent", "child"]


def test_a_rung_doorbell_is_heard_once_and_a_closed_one_is_dead(tmp_path: Path) -> None:
    bell = Doorbell(tmp_path)
    assert doorbell.ring([bell.name] * 500) == []
    assert bell.wait(1)
    bell.silence()
    assert not bell.wait(0)
    bell.close()
    wait_until(lambda: not doorbell.is_alive(bell.name))
    assert doorbell.ring([bell.name]) == [bell.name]


def test_a_listener_of_an_earlier_boot_is_dead_and_one_out_of_reach_is_not(
    connect: Connect,
) -> None:
    connection = connect()
    publish(connection, "work")
    boot, _, network = doorbell.namespace().partition("/")
    with connection.transport.mailbox.writing() as db:
        db.execute("INSERT INTO listener VALUES ('before', ?)", (f"another-boot/{network}",))
        db.execute("INSERT INTO listener VALUES ('container', ?)", (f"{boot}/1",))
    connection.transport.mailbox.sweep()
    with connection.transport.mailbox.reading() as db:
        assert db.execute("SELECT name FROM listener").fetchall() == [("container",)]


def test_a_connection_that_is_dropped_rather_than_closed_listens_no_longer(
    broker_file: Path,
) -> None:
    connection = Connection("embedded://", transport_options={"path": str(broker_file)})
    connection.default_channel.queue_declare("mine", exclusive=True)
    name = connection.transport.mailbox.name
    assert doorbell.is_alive(name)
    del connection
    gc.collect()
    assert not doorbell.is_alive(name)
