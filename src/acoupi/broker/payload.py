"""Kombu's messages as JSON text, and back."""

from typing import Any, cast

from kombu.utils import json as kombu_json

from acoupi.broker.queues import Envelope, Taken

__all__ = ["Payload", "enclose", "lifetime_s", "unpack"]

Payload = dict[str, Any]

_json: Any = cast("Any", kombu_json)


def enclose(message: Payload, priority: int) -> Envelope:
    """Make a message ready for the file."""
    return Envelope(_json.dumps(message), priority, lifetime_s(message))


def unpack(taken: Taken) -> Payload:
    """Restore a message; its row is its delivery tag.

    Raises
    ------
    ValueError, KeyError, TypeError
        If this is no message.
    """
    payload: Payload = _json.loads(taken.body)
    properties = payload["properties"]
    properties["delivery_tag"] = str(taken.id)
    if taken.redelivered:
        payload["redelivered"] = True
        properties["delivery_info"]["redelivered"] = True
    return payload


def lifetime_s(message: Payload) -> float | None:
    """Return for how long a message is worth delivering; AMQP gives milliseconds."""
    expiration = message["properties"].get("expiration")
    return None if expiration is None else float(expiration) / 1000
