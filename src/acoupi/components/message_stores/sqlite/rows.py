"""Objects to rows, and back."""

import datetime as dt
import sqlite3
from typing import TypedDict
from uuid import UUID

from acoupi.components.message_stores.sqlite.delivery import Delivery
from acoupi.data import Message, MessageType, Response

__all__ = [
    "DeliveryRow",
    "MessageRow",
    "ResponseRow",
    "delivery_of",
    "delivery_row",
    "instant_text",
    "message_of",
    "message_row",
    "response_row",
]


class MessageRow(TypedDict):
    """A row of the table ``message``."""

    id: bytes
    content: bytes
    is_text: bool
    created_on: str
    message_type: str | None


class ResponseRow(TypedDict):
    """A row of the table ``response``."""

    content: str | None
    message_id: bytes
    status: int
    received_on: str
    messenger: str | None


class DeliveryRow(TypedDict):
    """A row of the table ``delivery``."""

    message_id: bytes
    messenger: str
    state: str
    attempts: int
    next_attempt_on: str | None
    last_error: str | None
    begun: int
    updated_on: str


def instant_text(instant: dt.datetime) -> str:
    """Write an instant as acoupi 0.8 did here, so that text order is time order."""
    return instant.astimezone(dt.UTC).isoformat(sep=" ")


def message_row(message: Message) -> MessageRow:
    """Return what is kept of a message."""
    content, kind = message.content, message.message_type
    return {
        "id": message.id.bytes,
        "content": content.encode() if isinstance(content, str) else content,
        "is_text": isinstance(content, str),
        "created_on": instant_text(message.created_on),
        "message_type": None if kind is None else kind.value,
    }


def message_of(row: sqlite3.Row) -> Message:
    """Read a message."""
    kind = row["message_type"]
    return Message(
        id=UUID(bytes=row["id"]),
        content=_content_of(row),
        created_on=row["created_on"],
        message_type=None if kind is None else MessageType(kind),
    )


def _content_of(row: sqlite3.Row) -> str | bytes:
    content: bytes | str = row["content"]
    if isinstance(content, str) or row["is_text"] == 0:
        return content
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content


def response_row(response: Response, messenger: str | None = None) -> ResponseRow:
    """Return what is kept of a response."""
    return {
        "content": response.content,
        "message_id": response.message.id.bytes,
        "status": response.status.value,
        "received_on": instant_text(response.received_on),
        "messenger": messenger,
    }


def delivery_row(
    delivery: Delivery, message: Message, messenger: str, now: dt.datetime
) -> DeliveryRow:
    """Return what is kept of a delivery."""
    following = delivery.next_attempt_on
    return {
        "message_id": message.id.bytes,
        "messenger": messenger,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "next_attempt_on": None if following is None else instant_text(following),
        "last_error": delivery.last_error,
        "begun": delivery.begun,
        "updated_on": instant_text(now),
    }


def delivery_of(row: sqlite3.Row | None) -> Delivery:
    """Read a delivery; without a row, a new one."""
    if row is None:
        return Delivery()
    following = row["next_attempt_on"]
    return Delivery(
        state=row["state"],
        attempts=row["attempts"],
        next_attempt_on=None if following is None else dt.datetime.fromisoformat(following),
        last_error=row["last_error"],
        begun=row["begun"],
    )
