import datetime as dt
from pathlib import Path

import pytest

from acoupi.components.message_stores import SqliteMessageStore
from acoupi.components.message_stores.sqlite.listing import count_messages, list_messages
from acoupi.data import Message, MessageType, Response, ResponseStatus

NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
OUTCOMES = {
    "untried": [],
    "waiting": [("http", ResponseStatus.ERROR)],
    "delivered": [("http", ResponseStatus.SUCCESS)],
    "refused": [("http", ResponseStatus.FAILED)],
    "half": [("http", ResponseStatus.SUCCESS), ("mqtt", ResponseStatus.TIMEOUT)],
}


@pytest.fixture
def db_path(tmp_path: Path) -> Path:
    store = SqliteMessageStore(tmp_path / "messages.db")
    for minute, (content, attempts) in enumerate(OUTCOMES.items()):
        created_on = NOON + dt.timedelta(minutes=minute)
        message = Message(
            content=content, created_on=created_on, message_type=MessageType.HEARTBEAT
        )
        store.store_message(message)
        for messenger, status in attempts:
            response = Response(message=message, status=status, content="said so")
            store.store_delivery(messenger, response, NOON)
    store.close()
    return store.db_path


def test_messages_come_oldest_first_each_with_its_state(db_path: Path) -> None:
    found = {str(line.content): line.state for line in list_messages(db_path)}
    assert list(found) == list(OUTCOMES)
    assert list(found.values()) == ["waiting", "waiting", "delivered", "refused", "waiting"]


def test_a_message_says_how_often_it_was_tried_and_what_went_wrong(db_path: Path) -> None:
    (refused,) = list_messages(db_path, state="refused")
    assert (refused.attempts, refused.last_error) == (1, "said so")
    assert refused.type == MessageType.HEARTBEAT.value


def test_messages_are_chosen_by_time_and_a_limit_leaves_the_newest(db_path: Path) -> None:
    minute = dt.timedelta(minutes=1)
    chosen = list_messages(db_path, since=NOON + minute, until=NOON + 3 * minute)
    assert [line.content for line in chosen] == ["waiting", "delivered"]
    assert [line.content for line in list_messages(db_path, limit=1)] == ["half"]


def test_messages_are_counted_by_state(db_path: Path) -> None:
    assert count_messages(db_path) == {"waiting": 3, "delivered": 1, "refused": 1}


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert list(list_messages(tmp_path / "messages.db")) == []
    assert count_messages(tmp_path / "messages.db") == {}
    assert list(tmp_path.iterdir()) == []
