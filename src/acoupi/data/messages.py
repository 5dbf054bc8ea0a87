"""What is sent, and what the far side said to it."""

from enum import IntEnum, StrEnum
from uuid import UUID, uuid4

from pydantic import BaseModel, Field

from acoupi._clock import utc_now
from acoupi.data.times import Instant

__all__ = ["Message", "MessageType", "Response", "ResponseStatus"]


class MessageType(StrEnum):
    """What a message is about."""

    DETECTION = "detection"
    HEARTBEAT = "heartbeat"
    SUMMARY = "summary"
    DEPLOYMENT = "deployment"
    RECORDING = "recording"
    ALERT = "alert"
    """Something is wrong with the sensor, or well again."""


class Message(BaseModel):
    """Something to send; ``content`` goes out as it is."""

    message_type: MessageType | None = None
    id: UUID = Field(default_factory=uuid4)
    content: str | bytes
    created_on: Instant = Field(default_factory=utc_now)


class ResponseStatus(IntEnum):
    """How an attempt to send ended."""

    SUCCESS = 0
    """The far side has it."""
    FAILED = 1
    """The far side answered, and does not take it."""
    ERROR = 2
    """The attempt broke down on the way."""
    TIMEOUT = 3
    """No answer in time."""


class Response(BaseModel):
    """How one attempt to send a message ended."""

    status: ResponseStatus
    message: Message
    content: str | None = None
    received_on: Instant = Field(default_factory=utc_now)
