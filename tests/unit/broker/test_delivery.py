# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu and Celery have no type information.
"""What the embedded broker promises beyond every other; see tests/integration/broker."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from kombu import Connection, Exchange, Producer, Queue
from kombu.exceptions import ChannelError

Connect = Callable[..., Connection]

TASKS = Queue("tasks", Exchange("tasks", type="direct"), routing_key="tasks")


def publish(connection: Connection, *bodies: Any, queue: Queue = TASKS, **options: Any) -> None:
    producer = Producer(connection.default_channel)
    for body in bodies:
        producer.publish(
            body,
            exchange=queue.exchange,
            routing_key=queue.routing_key,
            declare=[queue],
            **options,
        )


def get(connection: Connection, name: str = "tasks", no_ack: bool = False) -> Any:
    return connection.default_channel.basic_get(name, no_ack=no_ack)


def get_all(connection: Connection, name: str = "tasks") -> list[Any]:
    found: list[Any] = []
    while (message := get(connection, name, no_ack=True)) is not None:
        found.append(message.payload)
    return found


def size(connection: Connection, name: str = "tasks") -> int:
    return connection.default_channel.queue_declare(name, passive=True).message_count


def test_a_higher_priority_goes_first_and_equals_keep_their_order(connect: Connect) -> None:
    connection = connect()
    publish(connection, "a", "b", priority=1)
    publish(connection, "urgent", priority=9)
    assert get_all(connection) == ["urgent", "a", "b"]


def test_a_requeued_message_keeps_its_place_and_says_so(connect: Connect) -> None:
    connection = connect()
    publish(connection, "a", "b")
    get(connection).requeue()
    again = get(connection)
    assert again.payload == "a"
    assert again.delivery_info["redelivered"]


def test_a_message_to_a_queue_nobody_declared_is_dropped(connect: Connect) -> None:
    connection = connect()
    Producer(connection.default_channel).publish("late reply", exchange="", routing_key="gone")
    with pytest.raises(ChannelError, match="no queue 'gone'"):
        size(connection, "gone")
    connection.default_channel.queue_declare("gone")
    assert size(connection, "gone") == 0


def test_a_message_past_its_expiration_is_not_delivered(connect: Connect) -> None:
    connection = connect()
    publish(connection, "stale", expiration=0.001)
    publish(connection, "fresh", expiration=60)
    time.sleep(0.005)
    assert get_all(connection) == ["fresh"]


def test_an_unreadable_message_is_removed_and_the_next_delivered(connect: Connect) -> None:
    connection = connect()
    publish(connection, "bad", "good")
    with connection.transport.mailbox.writing() as db:
        db.execute("UPDATE message SET body = '{' WHERE id = 1")
    assert get(connection).payload == "good"
    assert size(connection) == 0


def test_a_deleted_queue_takes_its_messages_and_bindings_with_it(connect: Connect) -> None:
    connection = connect()
    publish(connection, "a", "b")
    assert connect().default_channel.queue_delete("tasks") == 2
    publisher = Producer(connection.default_channel)
    publisher.publish("c", exchange="tasks", routing_key="tasks")
    with pytest.raises(ChannelError):
        size(connection)
