import datetime as dt
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from acoupi.components.message_stores import SqliteMessageStore
from acoupi.data import Message, Response, ResponseStatus
from acoupi.errors import MessageStoreError

SUCCESS, FAILED = ResponseStatus.SUCCESS, ResponseStatus.FAILED
ERROR, TIMEOUT = ResponseStatus.ERROR, ResponseStatus.TIMEOUT
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def message(store: SqliteMessageStore, make_message: Callable[..., Message]) -> Message:
    message = make_message()
    store.store_message(message)
    return message


def test_a_new_message_is_due_for_every_messenger(
    store: SqliteMessageStore, message: Message, now: dt.datetime
) -> None:
    assert store.get_due_messages("HTTP", now) == [message]
    assert store.get_due_messages("MQTT", now) == [message]


def test_each_messenger_delivers_for_itself(
    store: SqliteMessageStore,
    message: Message,
    answer: Callable[..., Response],
    now: dt.datetime,
) -> None:
    store.store_delivery("HTTP", answer(message, SUCCESS), now)

    assert store.get_due_messages("HTTP", now) == []
    assert store.get_due_messages("MQTT", now) == [message]


def test_what_is_refused_for_good_is_not_tried_again_but_kept(
    store: SqliteMessageStore,
    message: Message,
    answer: Callable[..., Response],
    now: dt.datetime,
    db_path: Path,
) -> None:
    store.store_delivery("HTTP", answer(message, FAILED, "422"), now)

    assert store.get_due_messages("HTTP", now + dt.timedelta(days=365)) == []
    with closing(sqlite3.connect(db_path)) as connection:
        rows = connection.execute("SELECT state, last_error FROM delivery").fetchall()
    assert rows == [("refused", "422")]
    assert store.get_unsent_messages() == [message]


@pytest.mark.parametrize("status", [ERROR, TIMEOUT])
def test_what_broke_down_on_the_way_waits_longer_each_time(
    store: SqliteMessageStore,
    message: Message,
    answer: Callable[..., Response],
    now: dt.datetime,
    status: ResponseStatus,
) -> None:
    for wait_s in (5, 10, 20):
        store.store_delivery("HTTP", answer(message, status), now)

        due_on = now + wait_s * SECOND
        assert store.get_due_messages("HTTP", due_on - SECOND) == []
        assert store.get_due_messages("HTTP", due_on) == [message]
        now = due_on


def test_the_wait_is_lengthened_by_the_jitter(
    db_path: Path,
    make_message: Callable[..., Message],
    answer: Callable[..., Response],
    now: dt.datetime,
) -> None:
    store, message = SqliteMessageStore(db_path, jitter=lambda: 1.0), make_message()

    store.store_delivery("HTTP", answer(message, ERROR), now)

    assert store.get_due_messages("HTTP", now + 5 * SECOND) == []
    assert store.get_due_messages("HTTP", now + 5.5 * SECOND) == [message]
    store.close()


def test_a_late_error_does_not_undo_a_delivery(
    store: SqliteMessageStore,
    message: Message,
    answer: Callable[..., Response],
    now: dt.datetime,
) -> None:
    store.store_delivery("HTTP", answer(message, SUCCESS), now)
    store.store_delivery("HTTP", answer(message, TIMEOUT), now)

    assert store.get_due_messages("HTTP", now + dt.timedelta(days=1)) == []
    assert store.count_undelivered(["HTTP"]) == 0


def test_a_success_noted_for_no_messenger_stands_for_all(
    store: SqliteMessageStore,
    message: Message,
    answer: Callable[..., Response],
    now: dt.datetime,
) -> None:
    store.store_response(answer(message, SUCCESS))

    assert store.get_due_messages("HTTP", now) == []
    assert store.count_undelivered(["HTTP", "MQTT"]) == 0


def test_due_messages_come_in_the_order_asked_for(
    store: SqliteMessageStore, make_message: Callable[..., Message], now: dt.datetime
) -> None:
    second, first = make_message(2), make_message(1)
    store.store_message(second)
    store.store_message(first)

    assert store.get_due_messages("HTTP", now) == [first, second]
    assert store.get_due_messages("HTTP", now, limit=1) == [first]
    assert store.get_due_messages("HTTP", now, limit=1, order="newest_first") == [second]


def test_a_message_is_undelivered_while_one_messenger_has_not_ended(
    store: SqliteMessageStore,
    message: Message,
    answer: Callable[..., Response],
    now: dt.datetime,
) -> None:
    both = ["HTTP", "MQTT"]
    assert store.count_undelivered(both) == 1

    store.store_delivery("HTTP", answer(message, SUCCESS), now)
    store.store_delivery("MQTT", answer(message, ERROR), now)
    assert store.count_undelivered(both) == 1
    assert store.count_undelivered(["HTTP", "HTTP"]) == 0

    store.store_delivery("MQTT", answer(message, FAILED), now)
    assert store.count_undelivered(both) == 0


def test_without_messengers_nothing_is_undelivered(
    store: SqliteMessageStore, message: Message
) -> None:
    assert store.count_undelivered([]) == 0


def test_a_delivery_that_breaks_off_leaves_no_response(
    db_path: Path,
    make_message: Callable[..., Message],
    answer: Callable[..., Response],
    now: dt.datetime,
) -> None:
    def broken() -> float:
        raise OSError("the disk is full")

    store = SqliteMessageStore(db_path, jitter=broken)

    with pytest.raises(MessageStoreError, match="the disk is full"):
        store.store_delivery("HTTP", answer(make_message(), SUCCESS), now)

    with closing(sqlite3.connect(db_path)) as connection:
        for table in ("message", "response", "delivery"):
            count = connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            assert count.fetchone() == (0,)
    store.close()


def test_attempts_noted_at_once_are_all_counted(
    store: SqliteMessageStore,
    message: Message,
    answer: Callable[..., Response],
    now: dt.datetime,
) -> None:
    barrier = threading.Barrier(4)

    def attempt() -> None:
        barrier.wait(30)
        store.store_delivery("HTTP", answer(message, ERROR), now)
        store.close()

    with ThreadPoolExecutor(4) as pool:
        for attempted in [pool.submit(attempt) for _ in range(4)]:
            attempted.result()

    assert store.tally(["HTTP"]).n_attempts == 4
    assert store.get_due_messages("HTTP", now + 39 * SECOND) == []


@pytest.mark.parametrize("back", [dt.timedelta(minutes=40), dt.timedelta(days=20_000)])
def test_a_clock_set_back_makes_no_message_wait(
    store: SqliteMessageStore,
    message: Message,
    answer: Callable[..., Response],
    now: dt.datetime,
    back: dt.timedelta,
) -> None:
    store.store_delivery("HTTP", answer(message, ERROR), now)

    assert store.get_due_messages("HTTP", now - back) == [message]
    store.store_delivery("HTTP", answer(message, ERROR), now - back)
    assert store.get_due_messages("HTTP", now - back + 9 * SECOND) == []
    assert store.get_due_messages("HTTP", now - back + 10 * SECOND) == [message]


def test_a_message_whose_sender_dies_each_time_waits_ever_longer_and_lets_others_go_first(
    store: SqliteMessageStore, message: Message, now: dt.datetime
) -> None:
    waits_s: list[int] = []
    for _ in range(4):
        store.begin_delivery("HTTP", message, now)
        waits_s.append(0)
        while store.get_due_messages("HTTP", now) == []:
            now += SECOND
            waits_s[-1] += 1
    assert waits_s == [0, 5, 10, 20]
    assert store.get_due_messages("MQTT", now) == [message]


def test_attempts_that_were_cut_are_counted_once_each(
    store: SqliteMessageStore,
    message: Message,
    answer: Callable[..., Response],
    now: dt.datetime,
) -> None:
    for _ in range(3):
        store.begin_delivery("HTTP", message, now)
    store.store_delivery("HTTP", answer(message, ERROR), now)
    assert store.tally(["HTTP"]).n_attempts == 3
    store.begin_delivery("HTTP", message, now)
    store.store_delivery("HTTP", answer(message, SUCCESS), now)
    assert store.tally(["HTTP"]).n_attempts == 4


def test_an_attempt_that_begins_late_does_not_undo_a_delivery(
    store: SqliteMessageStore,
    message: Message,
    answer: Callable[..., Response],
    now: dt.datetime,
) -> None:
    store.store_delivery("HTTP", answer(message, SUCCESS), now)
    store.begin_delivery("HTTP", message, now)
    assert store.get_due_messages("HTTP", now) == []
    assert store.tally(["HTTP"]).n_delivered == 1


def test_refused_messages_are_tried_again_when_asked_but_not_by_who_delivered_them(
    store: SqliteMessageStore,
    make_message: Callable[..., Message],
    answer: Callable[..., Response],
    now: dt.datetime,
) -> None:
    chosen, other, delivered = (make_message(minute) for minute in range(3))
    for message in (chosen, other):
        store.store_delivery("HTTP", answer(message, FAILED, "422"), now)
        store.store_delivery("MQTT", answer(message, SUCCESS), now)
    store.store_delivery("HTTP", answer(delivered, SUCCESS), now)

    assert store.retry_refused([chosen.id, delivered.id]) == 1
    assert store.get_due_messages("HTTP", now + 60 * SECOND) == [chosen]
    assert store.retry_refused() == 1
    assert store.retry_refused() == 0
    assert store.get_due_messages("HTTP", now + 60 * SECOND) == [chosen, other]
    assert store.get_due_messages("MQTT", now + 60 * SECOND) == [delivered]
