import datetime as dt
import logging
from pathlib import Path

import pytest

from acoupi.components.message_stores import SqliteMessageStore
from acoupi.components.types import Summariser
from acoupi.data import Message, MessageType, Metric
from acoupi.errors import MessageStoreError, MetadataStoreError
from acoupi.tasks import generate_heartbeat_task, generate_summariser_task
from acoupi.tasks.heartbeat import Heartbeat
from acoupi.testing import FakeMessenger


def temperature() -> Metric:
    return Metric(name="temperature", value=21.5, unit="°C")


def broken_sensor() -> Metric:
    raise OSError("no such sensor")


def test_a_heartbeat_waits_in_the_outbox_like_any_message(
    message_store: SqliteMessageStore,
) -> None:
    messenger = FakeMessenger()
    generate_heartbeat_task([messenger], [temperature], message_store=message_store)()
    [message] = message_store.get_unsent_messages()
    assert message.message_type is MessageType.HEARTBEAT
    heartbeat = Heartbeat.model_validate_json(message.content)
    assert (heartbeat.status, heartbeat.metrics[0].value) == ("OK", 21.5)
    assert messenger.messages == []


def test_without_an_outbox_a_heartbeat_is_sent_at_once() -> None:
    messengers = [FakeMessenger("a"), FakeMessenger("b")]
    generate_heartbeat_task(messengers, serializer=lambda heartbeat: "alive")()
    assert [m.content for messenger in messengers for m in messenger.messages] == ["alive"] * 2


def test_a_metric_that_cannot_be_taken_does_not_stop_the_heartbeat() -> None:
    messenger = FakeMessenger()
    generate_heartbeat_task([messenger], [broken_sensor, temperature])()
    heartbeat = Heartbeat.model_validate_json(messenger.messages[0].content)
    assert [metric.name for metric in heartbeat.metrics] == ["temperature"]


class Counting(Summariser):
    def __init__(self, answer: Message | list[Message] | None) -> None:
        self.answer = answer

    def build_summary(self, now: dt.datetime) -> Message | list[Message] | None:
        return self.answer


class Failing(Summariser):
    def build_summary(self, now: dt.datetime) -> Message | list[Message] | None:
        raise RuntimeError("nothing to sum up")


def test_summaries_of_one_several_or_no_messages_are_queued(
    message_store: SqliteMessageStore, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = Message(content="one"), [Message(content="two"), Message(content="three")]
    summarisers = [Counting(one), Counting(None), Failing(), Counting(two)]
    with caplog.at_level(logging.ERROR):
        generate_summariser_task(summarisers, message_store)()
    contents = [message.content for message in message_store.get_unsent_messages()]
    assert contents == ["one", "two", "three"]
    assert "Failing: no summary" in caplog.text


def test_a_heartbeat_says_how_the_sensor_is(message_store: SqliteMessageStore) -> None:
    task = generate_heartbeat_task([], message_store=message_store, status=lambda: "SILENT: 2 h")
    task()
    [message] = message_store.get_unsent_messages()
    assert Heartbeat.model_validate_json(message.content).status == "SILENT: 2 h"


def test_a_sensor_that_cannot_tell_how_it_is_does_not_say_that_it_is_well() -> None:
    def broken() -> str:
        raise MetadataStoreError("the database is gone")

    messenger = FakeMessenger()
    generate_heartbeat_task([messenger], status=broken)()
    heartbeat = Heartbeat.model_validate_json(messenger.messages[0].content)
    assert heartbeat.status == "UNKNOWN: the database is gone"


class FullStore(SqliteMessageStore):
    def store_message(self, message: Message) -> None:
        raise MessageStoreError("the disk is full")


def test_a_heartbeat_that_cannot_wait_is_sent_at_once(tmp_path: Path) -> None:
    messenger = FakeMessenger()
    generate_heartbeat_task([messenger], message_store=FullStore(tmp_path / "full.db"))()
    assert len(messenger.messages) == 1
