# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu and Celery have no type information.
from collections.abc import Callable

import pytest
from kombu import Connection, Exchange, Producer, Queue
from kombu.exceptions import ChannelError

Connect = Callable[..., Connection]


def declare(connection: Connection, exchange: Exchange, **queues: str) -> None:
    for name, key in queues.items():
        Queue(name, exchange, routing_key=key)(connection.default_channel).declare()


def sizes(connection: Connection, *names: str) -> list[int]:
    channel = connection.default_channel
    return [channel.queue_declare(name, passive=True).message_count for name in names]


def send(connection: Connection, exchange: str, routing_key: str) -> None:
    producer = Producer(connection.default_channel)
    producer.publish("x", exchange=exchange, routing_key=routing_key)


def test_direct_routes_by_the_exact_key_for_a_sender_that_declared_nothing(
    connect: Connect,
) -> None:
    reader = connect()
    declare(reader, Exchange("work", type="direct"), record="record", detect="detect")
    send(connect(), "work", "detect")
    assert sizes(reader, "record", "detect") == [0, 1]


def test_topic_routes_by_pattern_for_a_sender_that_declared_nothing(connect: Connect) -> None:
    reader = connect()
    declare(reader, Exchange("events", type="topic"), tasks="task.*", every="#", other="worker.#")
    send(connect(), "events", "task.started")
    assert sizes(reader, "tasks", "every", "other") == [1, 1, 0]


def test_fanout_reaches_every_queue_whoever_bound_it(connect: Connect) -> None:
    exchange = Exchange("control", type="fanout")
    one, two = connect(), connect()
    declare(one, exchange, a="")
    declare(two, exchange, b="")
    send(connect(), "control", "")
    assert sizes(one, "a", "b") == [1, 1]


def test_an_unbound_queue_gets_nothing_more(connect: Connect) -> None:
    connection = connect()
    exchange = Exchange("work", type="direct")
    declare(connection, exchange, a="key", b="key")
    connect().default_channel.queue_unbind("a", "work", "key")
    send(connection, "work", "key")
    assert sizes(connection, "a", "b") == [0, 1]


def test_an_exchange_cannot_change_its_type(connect: Connect) -> None:
    connect().default_channel.exchange_declare("work", "direct")
    with pytest.raises(ChannelError, match="is a direct"):
        connect().default_channel.exchange_declare("work", "fanout")


def test_a_passive_declaration_finds_only_what_is_there(connect: Connect) -> None:
    channel = connect().default_channel
    channel.exchange_declare("work", "direct")
    channel.exchange_declare("work", passive=True)
    with pytest.raises(ChannelError, match="no exchange 'absent'"):
        channel.exchange_declare("absent", passive=True)


def test_a_deleted_exchange_routes_nothing(connect: Connect) -> None:
    connection = connect()
    declare(connection, Exchange("work", type="direct"), a="key")
    connect().default_channel.exchange_delete("work")
    send(connection, "work", "key")
    assert sizes(connection, "a") == [0]
    assert connection.get_manager().get_bindings() == []


def test_a_private_queue_goes_with_its_connection(connect: Connect) -> None:
    owner, other = connect(), connect()
    Queue("mine", exclusive=True)(owner.default_channel).declare()
    assert sizes(other, "mine") == [0]
    owner.close()
    with pytest.raises(ChannelError):
        sizes(other, "mine")


def test_an_auto_delete_queue_goes_with_its_last_consumer(connect: Connect) -> None:
    connection, other = connect(), connect()
    queue = Queue("replies", auto_delete=True)
    with connection.Consumer([queue], callbacks=[print]):
        assert sizes(other, "replies") == [0]
    with pytest.raises(ChannelError):
        sizes(other, "replies")


def test_a_reply_queue_lives_with_its_reader_when_another_connection_declared_it(
    connect: Connect,
) -> None:
    declarer, reader = connect(), connect()
    queue = Queue("replies", auto_delete=True)
    queue(declarer.default_channel).declare()
    with reader.Consumer([queue], callbacks=[print], auto_declare=False):
        declarer.close()
        assert sizes(connect(), "replies") == [0]
