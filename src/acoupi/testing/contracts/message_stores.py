"""What every message store, and every outbox, must keep."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from acoupi.components.types import MessageStore, Outbox
from acoupi.data import Message, MessageType, Response, ResponseStatus
from acoupi.testing.contracts.stores import close_if_possible
from acoupi.testing.samples import STARTED_ON

__all__ = ["MessageStoreContract", "OutboxContract"]

NOW = STARTED_ON + dt.timedelta(hours=1)
MUCH_LATER = NOW + dt.timedelta(days=30)
HTTP, MQTT = "http", "mqtt"

FAILURES = [ResponseStatus.FAILED, ResponseStatus.ERROR, ResponseStatus.TIMEOUT]


class MessageStoreContract:
    """Tests that every message store passes."""

    def make_message_store(self, tmp_path: Path) -> MessageStore:
        """Return a message store that keeps its data below ``tmp_path``."""
        raise NotImplementedError

    @pytest.fixture
    def message_store(self, tmp_path: Path) -> Iterator[MessageStore]:
        """Return an empty message store."""
        message_store = self.make_message_store(tmp_path)
        yield message_store
        close_if_possible(message_store)

    @pytest.mark.parametrize("content", ['{"wren": "✓"}', b"\x00\xff"])
    @pytest.mark.parametrize("kind", [MessageType.DETECTION, None])
    def test_a_message_comes_back_as_it_was_stored(
        self, message_store: MessageStore, content: str | bytes, kind: MessageType | None
    ) -> None:
        message = Message(content=content, message_type=kind)
        message_store.store_message(message)
        assert message_store.get_unsent_messages() == [message]

    def test_a_message_seen_twice_is_there_once(self, message_store: MessageStore) -> None:
        message = Message(content="first")
        message_store.store_message(message)
        message_store.store_message(message.model_copy(update={"content": "second"}))
        assert message_store.get_unsent_messages() == [message]

    def test_messages_come_in_the_order_asked_for(self, message_store: MessageStore) -> None:
        old, middle, new = fill(message_store, 3)
        assert message_store.get_unsent_messages() == [old, middle, new]
        assert message_store.get_unsent_messages(limit=2) == [old, middle]
        newest = message_store.get_unsent_messages(limit=2, order="newest_first")
        assert newest == [new, middle]

    def test_a_delivered_message_is_not_sent_again(self, message_store: MessageStore) -> None:
        delivered, waiting = fill(message_store, 2)
        message_store.store_response(respond(delivered))
        assert message_store.get_unsent_messages() == [waiting]

    @pytest.mark.parametrize("status", FAILURES)
    def test_a_message_that_was_not_delivered_is_kept(
        self, message_store: MessageStore, status: ResponseStatus
    ) -> None:
        [message] = fill(message_store, 1)
        message_store.store_response(respond(message, status))
        assert message_store.get_unsent_messages() == [message]


class OutboxContract(MessageStoreContract):
    """Tests that every outbox passes."""

    @pytest.fixture
    def outbox(self, message_store: MessageStore) -> Outbox:
        """Return an empty outbox."""
        assert isinstance(message_store, Outbox)
        return message_store

    def test_a_new_message_is_due_for_every_messenger(self, outbox: Outbox) -> None:
        old, new = fill(outbox, 2)
        assert outbox.get_due_messages(HTTP, NOW) == [old, new]
        assert outbox.get_due_messages(MQTT, NOW, limit=1, order="newest_first") == [new]

    def test_each_messenger_keeps_its_own_books(self, outbox: Outbox) -> None:
        [message] = fill(outbox, 1)
        outbox.store_delivery(HTTP, respond(message), NOW)
        assert outbox.get_due_messages(HTTP, MUCH_LATER) == []
        assert outbox.get_due_messages(MQTT, NOW) == [message]

    def test_what_was_refused_for_good_is_not_tried_again(self, outbox: Outbox) -> None:
        [message] = fill(outbox, 1)
        outbox.store_delivery(HTTP, respond(message, ResponseStatus.FAILED), NOW)
        assert outbox.get_due_messages(HTTP, MUCH_LATER) == []

    @pytest.mark.parametrize("status", [ResponseStatus.ERROR, ResponseStatus.TIMEOUT])
    def test_what_broke_down_waits_and_is_tried_again(
        self, outbox: Outbox, status: ResponseStatus
    ) -> None:
        [message] = fill(outbox, 1)
        outbox.store_delivery(HTTP, respond(message, status), NOW)
        assert outbox.get_due_messages(HTTP, NOW) == []
        assert outbox.get_due_messages(HTTP, MUCH_LATER) == [message]

    def test_an_attempt_of_which_nothing_is_heard_loses_nothing(self, outbox: Outbox) -> None:
        [message] = fill(outbox, 1)
        for _ in range(3):
            outbox.begin_delivery(HTTP, message, NOW)
        assert outbox.get_due_messages(HTTP, MUCH_LATER) == [message]

    def test_a_late_error_does_not_undo_a_delivery(self, outbox: Outbox) -> None:
        [message] = fill(outbox, 1)
        for status in (ResponseStatus.SUCCESS, ResponseStatus.ERROR):
            outbox.store_delivery(HTTP, respond(message, status), NOW)
        assert outbox.get_due_messages(HTTP, MUCH_LATER) == []

    def test_undelivered_is_what_one_messenger_still_has_to_send(self, outbox: Outbox) -> None:
        first, second = fill(outbox, 2)
        outbox.store_delivery(HTTP, respond(first), NOW)
        outbox.store_delivery(HTTP, respond(second, ResponseStatus.FAILED), NOW)
        assert outbox.count_undelivered([HTTP]) == 0
        assert outbox.count_undelivered([HTTP, MQTT]) == 2


def fill(message_store: MessageStore, n: int) -> list[Message]:
    """Store some messages, and return them from the oldest to the newest."""
    messages = [
        Message(content=str(i), created_on=STARTED_ON + dt.timedelta(minutes=i)) for i in range(n)
    ]
    for message in reversed(messages):
        message_store.store_message(message)
    return messages


def respond(message: Message, status: ResponseStatus = ResponseStatus.SUCCESS) -> Response:
    """Make how an attempt to send a message ended."""
    return Response(message=message, status=status, received_on=NOW)
