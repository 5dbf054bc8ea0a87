import json
from pathlib import Path

from journal import JournalMessenger

from acoupi.components.types import Messenger
from acoupi.data import Message
from acoupi.testing import MessengerContract


class TestJournalMessenger(MessengerContract):
    def make_messenger(self, tmp_path: Path) -> Messenger:
        return JournalMessenger(tmp_path / "journal.jsonl")

    def make_unreachable_messenger(self, tmp_path: Path) -> Messenger:
        return JournalMessenger(tmp_path / "no-such-stick" / "journal.jsonl")


def test_each_message_is_a_line(tmp_path: Path) -> None:
    messenger = JournalMessenger(tmp_path / "journal.jsonl")
    messages = [Message(content=f"line\n{n}") for n in range(3)]
    for message in messages:
        messenger.send_message(message)
    lines = map(json.loads, messenger.path.read_text().splitlines())
    assert [line["content"] for line in lines] == [message.content for message in messages]
