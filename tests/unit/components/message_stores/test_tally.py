import datetime as dt
from collections.abc import Callable

from acoupi.components.message_stores import MessageTally, SqliteMessageStore
from acoupi.data import Message, Response, ResponseStatus

BOTH = ["HTTP", "MQTT"]


def test_every_message_is_counted_in_one_state(
    store: SqliteMessageStore,
    make_message: Callable[..., Message],
    answer: Callable[..., Response],
    now: dt.datetime,
) -> None:
    delivered, refused, waiting, untried, old = (make_message(minute) for minute in range(5))
    for message in (delivered, refused, waiting, untried, old):
        store.store_message(message)
    for messenger in BOTH:
        store.store_delivery(messenger, answer(delivered, ResponseStatus.SUCCESS), now)
    store.store_delivery("HTTP", answer(refused, ResponseStatus.SUCCESS), now)
    store.store_delivery("MQTT", answer(refused, ResponseStatus.FAILED), now)
    store.store_delivery("HTTP", answer(waiting, ResponseStatus.SUCCESS), now)
    store.store_delivery("MQTT", answer(waiting, ResponseStatus.ERROR), now)
    store.store_response(answer(old, ResponseStatus.SUCCESS))

    assert store.tally(BOTH) == MessageTally(
        n_messages=5, n_delivered=2, n_refused=1, n_waiting=2, n_attempts=6
    )
    assert store.tally(["HTTP"]) == MessageTally(
        n_messages=5, n_delivered=4, n_refused=0, n_waiting=1, n_attempts=3
    )


def test_messages_from_before_are_left_out(
    store: SqliteMessageStore, make_message: Callable[..., Message], now: dt.datetime
) -> None:
    store.store_message(make_message(0))
    store.store_message(make_message(1))

    since = now + dt.timedelta(minutes=1)

    assert store.tally(BOTH, since).n_messages == 1
    assert store.tally(BOTH).n_messages == 2


def test_what_has_no_messenger_waits(
    store: SqliteMessageStore, make_message: Callable[..., Message]
) -> None:
    store.store_message(make_message())

    assert store.tally([]) == MessageTally(
        n_messages=1, n_delivered=0, n_refused=0, n_waiting=1, n_attempts=0
    )


def test_an_empty_outbox_counts_nothing(store: SqliteMessageStore) -> None:
    assert store.tally(BOTH) == MessageTally(
        n_messages=0, n_delivered=0, n_refused=0, n_waiting=0, n_attempts=0
    )
