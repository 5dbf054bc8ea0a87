# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu and Celery have no type information.
import time
from collections.abc import Callable
from typing import Any

import pytest
from kombu import Connection, Consumer, Exchange, Producer, Queue
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


def test_messages_come_in_the_order_they_were_sent(connect: Connect) -> None:
    publish(connect(), *range(5))
    assert get_all(connect()) == [0, 1, 2, 3, 4]


def test_a_higher_priority_goes_first_and_equals_keep_their_order(connect: Connect) -> None:
    connection = connect()
    publish(connection, "a", "b", priority=1)
    publish(connection, "urgent", priority=9)
    assert get_all(connection) == ["urgent", "a", "b"]


def test_an_acknowledged_message_is_gone(connect: Connect) -> None:
    connection = connect()
    publish(connection, "once")
    get(connection).ack()
    connection.close()
    assert get(connect()) is None


def test_a_claimed_message_is_not_given_to_another(connect: Connect) -> None:
    first, second = connect(), connect()
    publish(first, "once")
    assert get(first).payload == "once"
    assert get(second) is None


def test_a_requeued_message_keeps_its_place_and_says_so(connect: Connect) -> None:
    connection = connect()
    publish(connection, "a", "b")
    get(connection).requeue()
    again = get(connection)
    assert again.payload == "a"
    assert again.delivery_info["redelivered"]


def test_a_rejected_message_is_gone(connect: Connect) -> None:
    connection = connect()
    publish(connection, "bad")
    get(connection).reject()
    assert get(connection) is None
    assert size(connection) == 0


def test_a_message_that_needs_no_acknowledgement_is_removed_when_read(connect: Connect) -> None:
    connection = connect()
    publish(connection, "reply")
    assert get(connection, no_ack=True).payload == "reply"
    connection.close()
    assert get(connect()) is None


def test_closing_hands_back_what_was_not_acknowledged_once(connect: Connect) -> None:
    reader = connect()
    publish(reader, "a", "b", "c")
    get(reader).ack()
    get(reader)
    reader.close()
    assert get_all(connect()) == ["b", "c"]


def test_purge_counts_and_removes_what_waits_but_not_what_is_claimed(connect: Connect) -> None:
    connection = connect()
    publish(connection, "claimed", "x", "y")
    claimed = get(connection)
    assert connection.default_channel.queue_purge("tasks") == 2
    claimed.requeue()
    assert get_all(connection) == ["claimed"]


def test_a_message_to_a_queue_nobody_declared_is_dropped(connect: Connect) -> None:
    connection = connect()
    Producer(connection.default_channel).publish("late reply", exchange="", routing_key="gone")
    with pytest.raises(ChannelError, match="no queue 'gone'"):
        size(connection, "gone")
    connection.default_channel.queue_declare("gone")
    assert size(connection, "gone") == 0


def test_a_queue_declared_by_somebody_keeps_messages_while_nobody_is_connected(
    connect: Connect,
) -> None:
    declarer = connect()
    TASKS(declarer.default_channel).declare()
    declarer.close()
    sender = connect()
    Producer(sender.default_channel).publish("task", exchange="", routing_key="tasks")
    sender.close()
    assert get_all(connect()) == ["task"]


def test_a_message_past_its_expiration_is_not_delivered(connect: Connect) -> None:
    connection = connect()
    publish(connection, "stale", expiration=0.001)
    publish(connection, "fresh", expiration=60)
    time.sleep(0.005)
    assert get_all(connection) == ["fresh"]


def test_bytes_arrive_as_they_were(connect: Connect) -> None:
    connection = connect()
    publish(connection, b"\x00\xff", content_type="application/data", content_encoding="binary")
    assert get(connection).body == b"\x00\xff"


def test_an_unreadable_message_is_removed_and_the_next_delivered(connect: Connect) -> None:
    connection = connect()
    publish(connection, "bad", "good")
    with connection.transport.mailbox.writing() as db:
        db.execute("UPDATE message SET body = '{' WHERE id = 1")
    assert get(connection).payload == "good"
    assert size(connection) == 0


def test_a_consumer_gets_no_more_than_it_prefetches(connect: Connect) -> None:
    connection = connect()
    publish(connection, *range(3))
    seen: list[Any] = []
    with Consumer(
        connection.default_channel, [TASKS], callbacks=[lambda _, m: seen.append(m)]
    ) as consumer:
        consumer.qos(prefetch_count=2)
        connection.drain_events(timeout=1)
        connection.drain_events(timeout=1)
        with pytest.raises(TimeoutError):
            connection.drain_events(timeout=0.01)
        seen[0].ack()
        connection.drain_events(timeout=1)
    assert [message.payload for message in seen] == [0, 1, 2]


def test_a_deleted_queue_takes_its_messages_and_bindings_with_it(connect: Connect) -> None:
    connection = connect()
    publish(connection, "a", "b")
    assert connect().default_channel.queue_delete("tasks") == 2
    publisher = Producer(connection.default_channel)
    publisher.publish("c", exchange="tasks", routing_key="tasks")
    with pytest.raises(ChannelError):
        size(connection)
