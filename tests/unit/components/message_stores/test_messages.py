import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from acoupi.components.message_stores import SqliteMessageStore
from acoupi.data import Message, MessageType, Response, ResponseStatus
from acoupi.errors import MessageStoreError

texts = st.text(st.characters(exclude_categories=["Cs"]))
messages = st.builds(
    Message,
    message_type=st.none() | st.sampled_from(MessageType),
    content=texts | st.binary(),
    created_on=st.datetimes(
        min_value=dt.datetime(1990, 1, 1), timezones=st.sampled_from([dt.UTC])
    ),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(message=messages)
def test_a_message_comes_back_as_it_was_stored(
    store: SqliteMessageStore, message: Message
) -> None:
    store.store_message(message)

    found = {each.id: each for each in store.get_unsent_messages()}[message.id]

    assert found == message
    assert type(found.content) is type(message.content)


def test_a_message_with_a_known_id_is_left_as_it_is(
    store: SqliteMessageStore, make_message: Callable[..., Message]
) -> None:
    message = make_message()
    store.store_message(message)
    store.store_message(message.model_copy(update={"content": "other"}))

    assert store.get_unsent_messages() == [message]


def test_unsent_messages_come_in_the_order_asked_for(
    store: SqliteMessageStore, make_message: Callable[..., Message]
) -> None:
    second, first, third = make_message(2), make_message(1), make_message(3)
    for message in (second, first, third):
        store.store_message(message)

    assert store.get_unsent_messages() == [first, second, third]
    assert store.get_unsent_messages(limit=2) == [first, second]
    assert store.get_unsent_messages(limit=2, order="newest_first") == [third, second]


@pytest.mark.parametrize(
    "status", [ResponseStatus.FAILED, ResponseStatus.ERROR, ResponseStatus.TIMEOUT]
)
def test_a_message_is_unsent_until_an_attempt_succeeds(
    store: SqliteMessageStore,
    make_message: Callable[..., Message],
    answer: Callable[..., Response],
    status: ResponseStatus,
) -> None:
    message = make_message()
    store.store_message(message)

    store.store_response(answer(message, status))
    assert store.get_unsent_messages() == [message]

    store.store_response(answer(message, ResponseStatus.SUCCESS))
    assert store.get_unsent_messages() == []


def test_a_message_that_one_messenger_delivered_is_not_unsent(
    store: SqliteMessageStore,
    make_message: Callable[..., Message],
    answer: Callable[..., Response],
    now: dt.datetime,
) -> None:
    message = make_message()

    store.store_delivery("HTTP", answer(message, ResponseStatus.SUCCESS), now)

    assert store.get_unsent_messages() == []


def test_every_response_is_kept(
    store: SqliteMessageStore,
    make_message: Callable[..., Message],
    answer: Callable[..., Response],
    now: dt.datetime,
    db_path: Path,
) -> None:
    message = make_message()
    store.store_response(answer(message, ResponseStatus.ERROR, "no route"))
    store.store_delivery("HTTP", answer(message, ResponseStatus.SUCCESS, "200"), now)

    with closing(sqlite3.connect(db_path)) as connection:
        rows = connection.execute(
            "SELECT message_id, status, content, messenger, received_on FROM response"
        ).fetchall()

    received_on = "2026-05-01 03:30:00+00:00"
    assert rows == [
        (message.id.bytes, ResponseStatus.ERROR, "no route", None, received_on),
        (message.id.bytes, ResponseStatus.SUCCESS, "200", "HTTP", received_on),
    ]


def test_a_file_that_is_no_database_is_named(db_path: Path) -> None:
    db_path.write_text("this is no database, and long enough to be read as a header" * 20)

    with pytest.raises(MessageStoreError, match=str(db_path)):
        SqliteMessageStore(db_path).get_unsent_messages()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(MessageStoreError, match=r"file/messages\.db"):
        SqliteMessageStore(tmp_path / "file" / "messages.db").get_unsent_messages()
