"""The outbox in one SQLite file."""

import datetime as dt
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from acoupi._clock import utc_now
from acoupi._sqlite import Database
from acoupi.components.message_stores.sqlite import queries
from acoupi.components.message_stores.sqlite.schema import MIGRATIONS
from acoupi.components.message_stores.sqlite.tally import MessageTally, tally_messages
from acoupi.components.types import MessageOrder, Outbox
from acoupi.data import Message, Response
from acoupi.errors import MessageStoreError

__all__ = ["SqliteMessageStore"]


class SqliteMessageStore(Outbox):
    """Keeps messages in one SQLite file, for as many threads and processes as like.

    A file of acoupi 0.8 is opened and taken along, after a copy was made beside
    it. What a method has written survives a power cut once it has returned.

    Parameters
    ----------
    db_path
        The file; it and its folder are made when first used.
    jitter
        Gives a number from 0 to 1 that lengthens the wait before another attempt.
    """

    def __init__(self, db_path: Path, jitter: Callable[[], float] = random.random) -> None:
        self.db_path = Path(db_path)
        self._jitter = jitter
        self._database = Database(self.db_path, MIGRATIONS, "FULL", MessageStoreError)

    def close(self) -> None:
        """Close this thread's connection; the next call opens another."""
        self._database.close()

    def store_message(self, message: Message) -> None:
        """Keep a message; one with a known id is left as it is."""
        with self._database.write() as connection:
            queries.insert_message(connection, message)

    def store_response(self, response: Response) -> None:
        """Keep how an attempt went, whoever made it, and the message if it is not known."""
        with self._database.write() as connection:
            queries.insert_response(connection, response)

    def get_unsent_messages(
        self, limit: int | None = None, order: MessageOrder = "oldest_first"
    ) -> list[Message]:
        """Return messages that no messenger has delivered yet."""
        with self._database.read() as connection:
            return queries.find_unsent(connection, limit, order)

    def get_due_messages(
        self,
        messenger: str,
        now: dt.datetime,
        limit: int | None = None,
        order: MessageOrder = "oldest_first",
    ) -> list[Message]:
        """Return what this messenger should try now: not delivered, given up or held back."""
        with self._database.read() as connection:
            return queries.find_due(connection, messenger, now, limit, order)

    def begin_delivery(self, messenger: str, message: Message, now: dt.datetime) -> None:
        """Note that this messenger begins an attempt, in case nothing is heard of it."""
        with self._database.write() as connection:
            queries.insert_message(connection, message)
            before = queries.find_delivery(connection, message, messenger)
            after = before.begin(now, self._jitter())
            queries.replace_delivery(connection, after, message, messenger, now)

    def store_delivery(self, messenger: str, response: Response, now: dt.datetime) -> None:
        """Keep how this messenger's attempt went, and when to try next.

        A refusal (``FAILED``) ends its attempts; the message is kept. After
        ``ERROR`` and ``TIMEOUT`` it waits longer each time.
        """
        message = response.message
        with self._database.write() as connection:
            queries.insert_response(connection, response, messenger)
            before = queries.find_delivery(connection, message, messenger)
            after = before.after(response.status, response.content, now, self._jitter())
            queries.replace_delivery(connection, after, message, messenger, now)

    def retry_refused(self, ids: Sequence[UUID] | None = None) -> int:
        """Let messages that were refused be tried from the start, and count them.

        All of them if no ``ids`` are given. Who has had one does not get it again.
        """
        with self._database.write() as connection:
            return queries.retry_refused(connection, ids, utc_now())

    def count_undelivered(self, messengers: Sequence[str]) -> int:
        """Count messages that not every one of these messengers has delivered or given up."""
        with self._database.read() as connection:
            return queries.count_undelivered(connection, messengers)

    def tally(self, messengers: Sequence[str], since: dt.datetime | None = None) -> MessageTally:
        """Count the messages created ``since`` then, by what these messengers did with them."""
        with self._database.read() as connection:
            return tally_messages(connection, messengers, since)
