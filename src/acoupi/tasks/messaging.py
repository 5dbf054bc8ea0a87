"""Deliver what waits in the outbox, each messenger by itself."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from acoupi._clock import utc_now
from acoupi.components.types import MessageOrder, MessageStore, Messenger, Outbox
from acoupi.data import Message, Response, ResponseStatus
from acoupi.tasks.alone import Alone

__all__ = ["generate_send_messages_task"]

module_logger = logging.getLogger(__name__)

GIVE_UP_AFTER = 3
"""Failures in a row after which the far side is taken to be away for now."""


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
    alone = Alone(_lock_file(message_store))
    return _Delivery(
        message_store, messengers or (), max_messages, order, logger, alone
    ).send_messages_task


def _lock_file(message_store: MessageStore) -> Path | None:
    """Return a file beside the messages, if the store says which file they are in."""
    path: object = getattr(message_store, "db_path", None)
    return path.with_name(f"{path.name}.sending") if isinstance(path, Path) else None


@dataclass(frozen=True)
class _Delivery:
    message_store: MessageStore
    messengers: Sequence[Messenger]
    max_messages: int | None
    order: MessageOrder
    logger: logging.Logger
    alone: Alone

    def send_messages_task(self) -> None:
        with self.alone.attempt() as alone:
            if not alone:
                self.logger.info("messages are being sent already")
                return
            for messenger in self.messengers:
                self.send(messenger)

    def send(self, messenger: Messenger) -> None:
        try:
            delivered, failed = self.deliver(messenger, self.due(messenger))
        except Exception:
            self.logger.exception("%s: sending broke off", messenger.name)
            return
        if delivered or failed:
            self.logger.info("%s: %d delivered, %d failed", messenger.name, delivered, failed)

    def due(self, messenger: Messenger) -> list[Message]:
        if isinstance(self.message_store, Outbox):
            return self.message_store.get_due_messages(
                messenger.name, utc_now(), limit=self.max_messages, order=self.order
            )
        return self.message_store.get_unsent_messages(limit=self.max_messages, order=self.order)

    def deliver(self, messenger: Messenger, messages: Iterable[Message]) -> tuple[int, int]:
        """Send until done or the far side seems away; count delivered and failed."""
        delivered = failed = in_a_row = 0
        for message in messages:
            self.announce(messenger, message)
            response = self.attempt(messenger, message)
            self.settle(messenger, response)
            if response.status is ResponseStatus.SUCCESS:
                delivered, in_a_row = delivered + 1, 0
                continue
            failed += 1
            # Whoever refuses a message is there for the next one.
            in_a_row = 0 if response.status is ResponseStatus.FAILED else in_a_row + 1
            if in_a_row >= GIVE_UP_AFTER:
                break
        return delivered, failed

    def announce(self, messenger: Messenger, message: Message) -> None:
        if isinstance(self.message_store, Outbox):
            self.message_store.begin_delivery(messenger.name, message, utc_now())

    def attempt(self, messenger: Messenger, message: Message) -> Response:
        try:
            return messenger.send_message(message)
        except Exception as error:
            self.logger.exception("%s: message %s broke off", messenger.name, message.id)
            content = f"{type(error).__name__}: {error}"
            return Response(message=message, status=ResponseStatus.ERROR, content=content)

    def settle(self, messenger: Messenger, response: Response) -> None:
        if response.status is not ResponseStatus.SUCCESS:
            name, status = messenger.name, response.status.name
            self.logger.warning("%s: %s: %s", name, status, response.content)
        if isinstance(self.message_store, Outbox):
            self.message_store.store_delivery(messenger.name, response, utc_now())
        else:
            self.message_store.store_response(response)
