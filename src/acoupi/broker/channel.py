# pyright: basic, reportIncompatibleMethodOverride=false
# Kombu has no type information: strict mode would report every inherited name.
"""What Kombu asks of a virtual channel, answered from the mailbox."""

import contextlib
import logging
import sqlite3
from collections.abc import Generator
from queue import Empty
from typing import Any

from typing_extensions import override

from acoupi.broker import queues
from acoupi.broker.payload import Payload, enclose, unpack
from acoupi.broker.qos import QoS
from acoupi.broker.queues import Taken
from acoupi.broker.topology import Topology

__all__ = ["Channel"]

logger = logging.getLogger(__name__)


class Channel(Topology):
    """A channel over a mailbox: publishing, claiming, consuming."""

    QoS = QoS
    body_encoding = None

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self._unacknowledged_queues: set[str] = set()

    # Messages

    @override
    def encode_body(self, body: Any, encoding: str | None = None) -> tuple[Any, str | None]:
        """Leave text as it is; bytes travel as base64."""
        return super().encode_body(body, "base64" if isinstance(body, bytes) else None)

    def _put(self, queue: str, message: Payload, **kwargs: Any) -> None:
        self._put_all({queue}, message)

    def _put_fanout(self, exchange: str, message: Payload, routing_key: str, **kw: Any) -> None:
        self._put_all({queue for _, _, queue in self.get_table(exchange)}, message)

    def _put_all(self, names: set[str], message: Payload) -> None:
        if not names:
            return
        envelope = enclose(message, self._get_message_priority(message))
        with self.mailbox.posting() as db:
            missing = [name for name in names if not queues.put(db, name, envelope)]
        if missing:
            logger.debug("Message dropped: nobody declared %s", ", ".join(missing))

    def _get(self, queue: str, timeout: float | None = None) -> Payload:
        return self._take(queue, queue in self._unacknowledged_queues)

    def _take(self, queue: str, no_ack: bool) -> Payload:
        while (taken := self._claim(queue, no_ack)) is not None:
            try:
                return unpack(taken)
            except (ValueError, KeyError, TypeError) as error:
                logger.error("Unreadable message %d of %s removed: %s", taken.id, queue, error)
                self.settle(str(taken.id))
        raise Empty

    def _claim(self, queue: str, no_ack: bool) -> Taken | None:
        # An idle look takes no write lock.
        with self.mailbox.reading() as db:
            if not queues.is_waiting(db, queue):
                return None
        owner = None if no_ack else self.connection.listen().name
        with self.mailbox.writing() as db:
            return queues.take(db, queue, owner)

    def settle(self, delivery_tag: str) -> None:
        """Remove a message that is done with."""
        if self.mailbox.name is not None:
            with self._ending_with_failure(), self.mailbox.writing() as db:
                queues.settle(db, int(delivery_tag), self.mailbox.name)

    def release(self, delivery_tag: str) -> None:
        """Give a message back to its queue."""
        if self.mailbox.name is not None:
            with self._ending_with_failure(), self.mailbox.writing() as db:
                queues.release(db, int(delivery_tag), self.mailbox.name)
            self.mailbox.ring()

    @contextlib.contextmanager
    def _ending_with_failure(self) -> Generator[None]:
        """End the connection if its claims cannot be given up.

        Kombu only logs that. The claim would count against what may be taken
        at a time, until nothing more is taken.
        """
        try:
            yield
        except (sqlite3.DatabaseError, OSError) as error:
            self.mailbox.lose(f"the broker could not be told that a message is done: {error}")
            raise

    def _restore(self, message: Any) -> None:
        self.release(message.delivery_tag)

    def _size(self, queue: str) -> int:
        with self.mailbox.reading() as db:
            return queues.size(db, queue)

    def _purge(self, queue: str) -> int:
        with self.mailbox.writing() as db:
            return queues.purge(db, queue)

    # Consumers

    @override
    def basic_consume(
        self, queue: str, no_ack: bool, callback: Any, consumer_tag: str, **kwargs: Any
    ) -> None:
        name = self.connection.listen().name
        self._keep_alive(queue, name)
        if no_ack:
            self._unacknowledged_queues.add(queue)
        super().basic_consume(queue, no_ack, callback, consumer_tag, **kwargs)
        self.connection.ring_self()

    def _keep_alive(self, queue: str, name: str) -> None:
        """Let a private queue live as long as the last who began to read it."""
        with self.mailbox.reading() as db:
            owner, _ = queues.owner_of(db, queue)
        if owner not in (None, name):
            with self.mailbox.writing() as db:
                queues.adopt(db, queue, name)

    @override
    def basic_cancel(self, consumer_tag: str) -> None:
        queue = self._tag_to_queue.get(consumer_tag)
        super().basic_cancel(consumer_tag)
        if queue is not None and queue not in self._active_queues:
            self._unacknowledged_queues.discard(queue)
            self._end_auto_delete(queue)

    def _end_auto_delete(self, queue: str) -> None:
        with self.mailbox.reading() as db:
            owner, auto_delete = queues.owner_of(db, queue)
        if auto_delete and owner == self.mailbox.name:
            self._delete(queue)

    @override
    def basic_get(self, queue: str, no_ack: bool = False, **kwargs: Any) -> Any:
        try:
            message = self.Message(self._take(queue, no_ack), channel=self)
        except Empty:
            return None
        if not no_ack:
            self.qos.append(message, message.delivery_tag)
        return message

    @override
    def basic_qos(
        self, prefetch_size: int = 0, prefetch_count: int = 0, apply_global: bool = False
    ) -> None:
        super().basic_qos(prefetch_size, prefetch_count, apply_global)
        self.connection.ring_self()
