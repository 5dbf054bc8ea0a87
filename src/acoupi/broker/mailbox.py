"""One transport's hold on the broker's file: its connection, and its doorbell."""

import contextlib
import logging
import os
import sqlite3
import threading
import weakref
from collections.abc import Generator, Iterable

from acoupi.broker import doorbell, listeners
from acoupi.broker.doorbell import Doorbell
from acoupi.broker.errors import BrokerFullError, means_damage, means_full
from acoupi.broker.file import (
    FileIdentity,
    check_room,
    file_identity,
    open_file,
    set_aside,
    shrink_journal,
    transaction,
)
from acoupi.broker.options import BrokerOptions

__all__ = ["Mailbox"]

logger = logging.getLogger(__name__)

_open_mailboxes: "weakref.WeakSet[Mailbox]" = weakref.WeakSet()
_inherited: list[sqlite3.Connection] = []


class Mailbox:
    """A broker file that is opened when first used, by any thread, in any process.

    Parameters
    ----------
    options
        Which file, and how.
    """

    def __init__(self, options: BrokerOptions) -> None:
        self.options = options
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._identity: FileIdentity | None = None
        self._doorbell: Doorbell | None = None
        self._namespace = ""
        self._lost = ""
        _open_mailboxes.add(self)

    @property
    def name(self) -> str | None:
        """What messages are claimed under, or None as long as nothing listens."""
        return self._doorbell.name if self._doorbell else None

    @property
    def lost(self) -> str:
        """Why this hold has ended, so that who listens must connect anew; empty if it has not."""
        return self._lost

    def lose(self, reason: str) -> None:
        """End this hold: every use is refused until it is renewed.

        What fails in one thread must be heard in the one that listens, or that
        one would go on waiting for messages that come elsewhere, or never.
        """
        self._lost = reason

    def renew(self) -> None:
        """Begin a new hold, on whichever file is there."""
        with self._lock:
            self._drop_handles()
            self._lost = ""

    @contextlib.contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Give the connection, for queries."""
        with self._lock, self._judging():
            yield self._current()

    @contextlib.contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Give the connection inside one transaction."""
        with self._lock, self._judging():
            connection = self._current()
            with transaction(connection):
                yield connection

    @contextlib.contextmanager
    def posting(self) -> Generator[sqlite3.Connection]:
        """Give the connection for new messages, and wake the consumers once they are in.

        Raises
        ------
        BrokerFullError
            If there is no room, in the file or on its disk.
        """
        try:
            with self.writing() as connection:
                check_room(connection, self.options.max_bytes)
                yield connection
        except sqlite3.OperationalError as error:
            if means_full(error):
                raise BrokerFullError(f"no room in {self.options.path}: {error}") from error
            raise
        self.ring()

    def listen(self) -> Doorbell:
        """Return this mailbox's doorbell, hung up when first asked for."""
        with self._lock:
            if self._doorbell is None:
                self._doorbell = self._hang_up()
            return self._doorbell

    def ring(self) -> None:
        """Wake every consumer, and bury those found dead."""
        with self.reading() as db:
            names = listeners.reachable(db, self._namespace)
        self._bury(doorbell.ring(names))

    def ring_self(self) -> None:
        """Wake the event loop that watches our own doorbell."""
        if self._doorbell is not None:
            doorbell.ring([self._doorbell.name])

    def sweep(self) -> None:
        """Give back what the dead had claimed, and remove what was theirs alone."""
        with self.reading() as db:
            known = listeners.known(db)
        ours = self._namespace
        self._bury(name for name, where in known.items() if listeners.is_dead(name, where, ours))
        if self.name is not None and self.name not in known:
            self._announce(self.name)

    def owner_is_dead(self, name: str) -> bool:
        """Tell whether a listener is gone, and if so remove what it left."""
        with self.reading() as db:
            where = listeners.known(db).get(name)
        if where is not None and not listeners.is_dead(name, where, self._namespace):
            return False
        self._bury([name])
        return True

    def close(self) -> None:
        """Hand back every claim, take the doorbell down and close the file."""
        with self._lock:
            if self._doorbell is not None and self._connection is not None:
                self._say_goodbye(self._doorbell.name)
            self._drop_handles()

    def __del__(self) -> None:
        # Kombu's connections are often dropped rather than closed.
        self._drop_handles()

    def abandon(self) -> None:
        """Let go, in a forked child, of what is its parent's.

        The socket must be closed, or the parent would seem to outlive itself.
        The database must not even be closed: its locks are the parent's.
        """
        self._lock = threading.RLock()
        if self._connection is not None:
            _inherited.append(self._connection)
            self._connection = None
        if self._doorbell is not None:
            self._doorbell.close()
            self._doorbell = None

    def _current(self) -> sqlite3.Connection:
        if self._lost:
            raise ConnectionResetError(self._lost)
        if self._connection is None:
            self._namespace = doorbell.namespace()
            self._connection, self._identity = open_file(self.options)
        elif file_identity(self.options.path) != self._identity:
            self._drop_handles()
            self.lose(f"the broker's file {self.options.path} was replaced")
            raise ConnectionResetError(self._lost)
        return self._connection

    @contextlib.contextmanager
    def _judging(self) -> Generator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if means_full(error) and self._connection is not None:
                shrink_journal(self._connection)
            if means_damage(error):
                self._drop_handles()
                self.lose(f"the broker's file {self.options.path} was damaged")
                set_aside(self.options.path, self._identity, str(error))
            raise

    def _hang_up(self) -> Doorbell:
        bell = Doorbell(self.options.path)
        try:
            self._announce(bell.name)
        except BaseException:
            bell.close()
            raise
        return bell

    def _announce(self, name: str) -> None:
        with self.writing() as db:
            listeners.add(db, name, self._namespace)

    def _bury(self, names: Iterable[str]) -> None:
        for name in names:
            returned = self._remove(name)
            if returned:
                logger.info("Broker consumer %s is gone, %d messages returned", name, returned)
                self.ring()

    def _remove(self, name: str) -> int:
        with self.reading() as db:
            if not listeners.exists(db, name):
                return 0
        with self.writing() as db:
            return listeners.remove(db, name)

    def _say_goodbye(self, name: str) -> None:
        # If the file cannot be written, the silence of the doorbell tells the others.
        try:
            if self._remove(name):
                self.ring()
        except (sqlite3.Error, OSError) as error:
            logger.warning("Broker file not told of a consumer's end: %s", error)

    def _drop_handles(self) -> None:
        if self._doorbell is not None:
            self._doorbell.close()
            self._doorbell = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _abandon_all() -> None:
    for mailbox in list(_open_mailboxes):
        mailbox.abandon()


os.register_at_fork(after_in_child=_abandon_all)
