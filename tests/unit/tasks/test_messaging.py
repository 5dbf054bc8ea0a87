from acoupi.components.message_stores import SqliteMessageStore
from acoupi.components.types import MessageOrder, MessageStore
from acoupi.data import Message, Response, ResponseStatus
from acoupi.tasks import generate_send_messages_task
from acoupi.tasks.messaging import GIVE_UP_AFTER
from acoupi.testing import FakeMessenger


class PlainStore(MessageStore):
    """A message store that knows nothing of messengers."""

    def __init__(self, *messages: Message) -> None:
        self.messages = list(messages)
        self.responses: list[Response] = []

    def get_unsent_messages(
        self, limit: int | None = None, order: MessageOrder = "oldest_first"
    ) -> list[Message]:
        return self.messages[:limit]

    def store_message(self, message: Message) -> None:
        self.messages.append(message)

    def store_response(self, response: Response) -> None:
        self.responses.append(response)


class BrokenMessenger(FakeMessenger):
    def send_message(self, message: Message) -> Response:
        super().send_message(message)
        raise ConnectionError("no route")


def fill(message_store: MessageStore, n: int) -> list[Message]:
    messages = [Message(content=f"message {i}") for i in range(n)]
    for message in messages:
        message_store.store_message(message)
    return messages


def test_every_messenger_delivers_every_message_once(message_store: SqliteMessageStore) -> None:
    messages = fill(message_store, 3)
    messengers = [FakeMessenger("http"), FakeMessenger("mqtt")]
    task = generate_send_messages_task(message_store, messengers)
    task()
    task()
    assert [messenger.messages for messenger in messengers] == [messages, messages]
    assert message_store.count_undelivered(["http", "mqtt"]) == 0


def test_one_messengers_trouble_does_not_hold_up_another(
    message_store: SqliteMessageStore,
) -> None:
    messages = fill(message_store, 2)
    good = FakeMessenger("good")
    generate_send_messages_task(message_store, [BrokenMessenger("bad"), good])()
    assert good.messages == messages
    assert message_store.count_undelivered(["bad"]) == 2


def test_a_far_side_that_is_away_is_left_alone_after_a_few_tries(
    message_store: SqliteMessageStore,
) -> None:
    fill(message_store, GIVE_UP_AFTER + 5)
    away = FakeMessenger("away", ResponseStatus.TIMEOUT)
    generate_send_messages_task(message_store, [away])()
    assert len(away.messages) == GIVE_UP_AFTER


def test_a_message_that_failed_waits_and_lets_the_next_ones_go_first(
    message_store: SqliteMessageStore,
) -> None:
    messages = fill(message_store, 2)
    messenger = FakeMessenger("m", ResponseStatus.ERROR)
    task = generate_send_messages_task(message_store, [messenger], max_messages=1)
    task()
    messenger.status = ResponseStatus.SUCCESS
    task()
    assert messenger.messages == messages


def test_a_refused_message_is_not_sent_again(message_store: SqliteMessageStore) -> None:
    fill(message_store, 1)
    messenger = FakeMessenger("m", ResponseStatus.FAILED)
    task = generate_send_messages_task(message_store, [messenger])
    task()
    task()
    assert len(messenger.messages) == 1


def test_refused_messages_hold_up_none_behind_them(message_store: SqliteMessageStore) -> None:
    messages = fill(message_store, GIVE_UP_AFTER + 5)
    messenger = FakeMessenger("m", ResponseStatus.FAILED)
    generate_send_messages_task(message_store, [messenger])()
    assert messenger.messages == messages


def test_a_store_that_knows_no_messengers_keeps_the_responses() -> None:
    store = PlainStore(Message(content="a"), Message(content="b"))
    generate_send_messages_task(store, [FakeMessenger()], max_messages=1)()
    [response] = store.responses
    assert response.message.content == "a"
    assert response.status is ResponseStatus.SUCCESS


def test_without_messengers_messages_wait(message_store: SqliteMessageStore) -> None:
    fill(message_store, 1)
    generate_send_messages_task(message_store)()
    assert len(message_store.get_unsent_messages()) == 1
