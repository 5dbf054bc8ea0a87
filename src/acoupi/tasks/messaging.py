"""Deliver what waits in the outbox, each messenger by itself."""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from acoupi._clock import utc_now
from acoupi.components.types import MessageOrder, MessageStore, Messenger, Outbox
from acoupi.data import Message, Response, ResponseStatus

__all__ = ["generate_send_messages_task"]

module_logger = logging.getLogger(__name__)

GIVE_UP_AFTER = 3
"""Failures in a row after which the far side is taken to be away for now."""


class _Ledger(Protocol):
    def __call__(self, messenger: Messenger, response: Response) -> None: ...


def generate_send_messages_task(
    message_store: MessageStore,
    messengers: Sequence[Messenger] | None = None,
    max_messages: int | None = None,
    order: MessageOrder = "oldest_first",
    logger: logging.Logger = module_logger,
) -> Callable[[], None]:
    """Build the task that sends what is due.

    One messenger's trouble does not hold up another; a message that keeps
    failing waits longer each time and holds up no other.

    Parameters
    ----------
    message_store
        With an ``Outbox``, each messenger delivers every message; with any
        other store, a message counts as sent once one messenger had it.
    messengers
        The ways out.
    max_messages
        How many a messenger sends in one run at most.
    order
        Which go first.
    logger
        Where it says what happened.
    """
    running = threading.Lock()

    def send_messages_task() -> None:
        if not running.acquire(blocking=False):
            logger.info("messages are being sent already")
            return
        try:
            for messenger in messengers or ():
                send(messenger)
        finally:
            running.release()

    def send(messenger: Messenger) -> None:
        try:
            delivered, failed = _deliver(messenger, due(messenger), settle)
        except Exception:
            logger.exception("%s: sending broke off", messenger.name)
            return
        if delivered or failed:
            logger.info("%s: %d delivered, %d failed", messenger.name, delivered, failed)

    def due(messenger: Messenger) -> list[Message]:
        if isinstance(message_store, Outbox):
            return message_store.get_due_messages(
                messenger.name, utc_now(), limit=max_messages, order=order
            )
        return message_store.get_unsent_messages(limit=max_messages, order=order)

    def settle(messenger: Messenger, response: Response) -> None:
        if response.status is not ResponseStatus.SUCCESS:
            logger.warning("%s: %s: %s", messenger.name, response.status.name, response.content)
        if isinstance(message_store, Outbox):
            message_store.store_delivery(messenger.name, response, utc_now())
        else:
            message_store.store_response(response)

    return send_messages_task


def _deliver(
    messenger: Messenger, messages: Iterable[Message], settle: _Ledger
) -> tuple[int, int]:
    """Send messages until done or the far side seems away; count delivered and failed."""
    delivered = failed = in_a_row = 0
    for message in messages:
        response = _attempt(messenger, message)
        settle(messenger, response)
        if response.status is ResponseStatus.SUCCESS:
            delivered, in_a_row = delivered + 1, 0
            continue
        failed, in_a_row = failed + 1, in_a_row + 1
        if in_a_row >= GIVE_UP_AFTER:
            break
    return delivered, failed


def _attempt(messenger: Messenger, message: Message) -> Response:
    try:
        return messenger.send_message(message)
    except Exception as error:
        content = f"{type(error).__name__}: {error}"
        return Response(message=message, status=ResponseStatus.ERROR, content=content)
