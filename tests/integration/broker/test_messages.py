# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu has no type information.
"""What a program relies on, whichever broker carries its tasks: single messages."""

import contextlib
import os
from collections.abc import Callable
from typing import Any

import pytest
from kombu import Connection, Consumer, Exchange, Producer, Queue

Connect = Callable[[], Connection]


def publish(connection: Connection, queue: Queue, *bodies: Any, **options: Any) -> None:
    producer = Producer(connection.default_channel)
    for body in bodies:
        producer.publish(
            body,
            exchange=queue.exchange,
            routing_key=queue.routing_key,
            declare=[queue],
            **options,
        )


def get(connection: Connection, queue: Queue, no_ack: bool = False) -> Any:
    return queue(connection.default_channel).get(no_ack=no_ack)


def get_all(connection: Connection, queue: Queue) -> list[Any]:
    found: list[Any] = []
    while (message := get(connection, queue, no_ack=True)) is not None:
        found.append(message.payload)
    return found


def listen(
    connection: Connection, until: Callable[[], object] = lambda: False, timeout_s: float = 5
) -> None:
    """Take what comes until something is true, or nothing comes any more."""
    with contextlib.suppress(TimeoutError):
        while not until():
            connection.drain_events(timeout=timeout_s)


def test_messages_come_in_the_order_they_were_sent(connect: Connect, queue: Queue) -> None:
    publish(connect(), queue, *range(5))
    assert get_all(connect(), queue) == [0, 1, 2, 3, 4]


def test_an_acknowledged_message_is_gone(connect: Connect, queue: Queue) -> None:
    connection = connect()
    publish(connection, queue, "once")
    get(connection, queue).ack()
    connection.close()
    assert get(connect(), queue) is None


def test_a_claimed_message_is_not_given_to_another(connect: Connect, queue: Queue) -> None:
    first, second = connect(), connect()
    publish(first, queue, "once")
    assert get(first, queue).payload == "once"
    assert get(second, queue) is None


def test_a_requeued_message_comes_again_and_says_so(connect: Connect, queue: Queue) -> None:
    connection = connect()
    publish(connection, queue, "again")
    get(connection, queue).requeue()
    again = get(connection, queue)
    assert again.payload == "again"
    assert again.delivery_info["redelivered"]


def test_a_rejected_message_is_gone(connect: Connect, queue: Queue) -> None:
    connection = connect()
    publish(connection, queue, "bad")
    get(connection, queue).reject()
    connection.close()
    assert get(connect(), queue) is None


def test_closing_hands_back_what_was_not_acknowledged_once(connect: Connect, queue: Queue) -> None:
    reader = connect()
    publish(reader, queue, "a", "b", "c")
    get(reader, queue).ack()
    get(reader, queue)
    reader.close()
    assert get_all(connect(), queue) == ["b", "c"]


def test_purge_counts_and_removes_what_waits_but_not_what_is_claimed(
    connect: Connect, queue: Queue
) -> None:
    connection = connect()
    publish(connection, queue, "claimed", "x", "y")
    claimed = get(connection, queue)
    assert queue(connect().default_channel).purge() == 2
    claimed.requeue()
    assert get_all(connection, queue) == ["claimed"]


def test_a_queue_keeps_messages_while_nobody_is_connected(connect: Connect, queue: Queue) -> None:
    sender = connect()
    publish(sender, queue, "task")
    sender.close()
    assert get_all(connect(), queue) == ["task"]


def test_bytes_arrive_as_they_were(connect: Connect, queue: Queue) -> None:
    connection = connect()
    options = {"content_type": "application/data", "content_encoding": "binary"}
    publish(connection, queue, b"\x00\xff", **options)
    assert get(connection, queue).body == b"\x00\xff"


def test_a_topic_reaches_those_whose_pattern_fits(connect: Connect, queue: Queue) -> None:
    reader = connect()
    exchange = Exchange(f"{queue.name}-events", type="topic")
    patterns = {"tasks": "task.*", "every": "#", "other": "worker.#"}
    queues = [Queue(f"{queue.name}-{n}", exchange, routing_key=k) for n, k in patterns.items()]
    for each in queues:
        each(reader.default_channel).declare()
    Producer(connect().default_channel, exchange).publish("x", routing_key="task.started")
    assert [len(get_all(reader, each)) for each in queues] == [1, 1, 0]


def test_a_fanout_reaches_everybody_who_listens(connect: Connect, queue: Queue) -> None:
    exchange = Exchange(f"{queue.name}-control", type="fanout")
    readers = [connect(), connect()]
    heard: list[list[str]] = [[], []]
    for n, reader in enumerate(readers):
        own = Queue(f"{queue.name}-{n}", exchange, auto_delete=True)
        consumer = Consumer(
            reader.default_channel,
            [own],
            callbacks=[lambda body, _, n=n: heard[n].append(body)],
            no_ack=True,
        )
        consumer.consume()
        listen(reader, timeout_s=0.2)
    Producer(connect().default_channel, exchange).publish("ping")
    for reader, own in zip(readers, heard, strict=True):
        listen(reader, until=lambda own=own: own)
    assert heard == [["ping"], ["ping"]]


def test_a_consumer_gets_no_more_than_it_prefetches(connect: Connect, queue: Queue) -> None:
    connection = connect()
    publish(connection, queue, *range(3))
    seen: list[Any] = []
    channel = connection.default_channel
    channel.basic_qos(0, 2, False)
    with Consumer(channel, [queue], callbacks=[lambda _, m: seen.append(m)]):
        listen(connection, timeout_s=0.2)
        assert len(seen) == 2
        seen[0].ack()
        listen(connection, until=lambda: len(seen) == 3)
    assert [message.payload for message in seen] == [0, 1, 2]


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_many_processes_publish_at_once_and_nothing_is_lost(
    connect: Connect, queue: Queue
) -> None:
    reader = connect()
    queue(reader.default_channel).declare()

    def publish_many(n: int) -> None:
        publish(connect(), queue, *(f"{n}-{m}" for m in range(50)))

    children = [_in_child(publish_many, n) for n in range(3)]
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0, 0, 0]
    assert sorted(get_all(reader, queue)) == sorted(
        f"{n}-{m}" for n in range(3) for m in range(50)
    )


def _in_child(act: Callable[[int], None], n: int) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            act(n)
            os._exit(0)
        finally:
            os._exit(1)
    return pid
