"""What every messenger must keep."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from acoupi.components.types import Messenger
from acoupi.data import Message, MessageType, Response, ResponseStatus
from acoupi.testing.contracts.stores import close_if_possible

__all__ = ["MessengerContract"]

MESSAGES = [
    Message(content='{"wren": "✓"}', message_type=MessageType.DETECTION),
    Message(content=b"\x00\xff", message_type=MessageType.HEARTBEAT),
    Message(content="{}"),
    Message(content=""),
]


class MessengerContract:
    """Tests that every messenger passes.

    Where it needs a server, override the fixture ``messenger`` instead of
    ``make_messenger``, and ask for the server's fixture there.
    """

    def make_messenger(self, tmp_path: Path) -> Messenger:
        """Return a messenger whose far side takes everything."""
        raise NotImplementedError

    def make_unreachable_messenger(self, tmp_path: Path) -> Messenger:
        """Return one whose far side is not there."""
        pytest.skip("override make_unreachable_messenger to test what happens without a network")

    @pytest.fixture
    def messenger(self, tmp_path: Path) -> Iterator[Messenger]:
        """Return a messenger whose far side takes everything."""
        messenger = self.make_messenger(tmp_path)
        yield messenger
        close_if_possible(messenger)

    def test_the_name_is_text_and_stays(self, messenger: Messenger) -> None:
        before = messenger.name
        messenger.send_message(MESSAGES[0])
        assert isinstance(before, str)
        assert before.strip() != ""
        assert messenger.name == before

    @pytest.mark.parametrize("message", MESSAGES, ids=["text", "bytes", "no type", "empty"])
    def test_the_response_is_about_the_message(
        self, messenger: Messenger, message: Message
    ) -> None:
        response = messenger.send_message(message)
        assert isinstance(response, Response)
        assert response.message == message
        assert response.status == ResponseStatus.SUCCESS

    def test_messages_can_follow_each_other(self, messenger: Messenger) -> None:
        messages = [Message(content=str(n)) for n in range(10)]
        responses = [messenger.send_message(message) for message in messages]
        assert [response.message.id for response in responses] == [each.id for each in messages]
        assert {response.status for response in responses} == {ResponseStatus.SUCCESS}

    def test_a_far_side_that_is_away_is_told_and_worth_another_try(self, tmp_path: Path) -> None:
        messenger = self.make_unreachable_messenger(tmp_path)
        for _ in range(2):
            response = messenger.send_message(MESSAGES[0])
            assert response.message == MESSAGES[0]
            assert response.status in (ResponseStatus.ERROR, ResponseStatus.TIMEOUT)
        close_if_possible(messenger)
