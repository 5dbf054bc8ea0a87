"""A program with a component of its own: messages also go into a file."""

import json
import os
from pathlib import Path

from pydantic import Field

from acoupi.components.types import Messenger
from acoupi.data import Message, Response, ResponseStatus
from acoupi.programs import activity


class JournalMessenger(Messenger):
    """Appends each message to a file, as one line of JSON.

    Parameters
    ----------
    path
        The file; a stick that somebody collects, for example.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        """``journal:PATH``."""
        return f"journal:{self.path}"

    def send_message(self, message: Message) -> Response:
        """Append one message; it is on the disk when this returns."""
        try:
            self.append(json.dumps(describe(message)))
        except OSError as error:
            # Not raised: a stick that is full or gone may be exchanged, and is tried again.
            return Response(message=message, status=ResponseStatus.ERROR, content=str(error))
        return Response(message=message, status=ResponseStatus.SUCCESS)

    def append(self, line: str) -> None:
        """Write a line, and wait until it is safe."""
        with self.path.open("a") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())


def describe(message: Message) -> dict[str, str | None]:
    """Return what is written of a message."""
    content = message.content
    return {
        "id": str(message.id),
        "created_on": message.created_on.isoformat(),
        "message_type": message.message_type,
        "content": content if isinstance(content, str) else content.decode(errors="replace"),
    }


class Config(activity.ActivityConfig):
    """The configuration of the activity program, and the file."""

    journal: Path = Field(
        default_factory=lambda: Path.home() / "journal.jsonl",
        description="file that every message is appended to",
    )


class Program(activity.Program):
    """Record, find where something calls, and write that down."""

    config_schema = Config

    def configure_messenger(self, config: activity.ActivityConfig) -> Messenger | list[Messenger]:
        """Use the journal, beside HTTP and MQTT where they are configured."""
        assert isinstance(config, Config)  # noqa: S101 - what config_schema says
        others = super().configure_messenger(config)
        journal = JournalMessenger(config.journal)
        return [journal, *others] if isinstance(others, list) else journal
