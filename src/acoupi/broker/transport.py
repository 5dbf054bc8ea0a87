# pyright: basic, reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false
# Kombu has no type information: strict mode would report every inherited name.
"""The Kombu transport: how a channel is opened, and how its messages are waited for."""

import sqlite3
from functools import cached_property
from queue import Empty
from typing import Any

from kombu.transport import virtual
from typing_extensions import override

from acoupi._clock import monotonic_s
from acoupi.broker.channel import Channel
from acoupi.broker.doorbell import Doorbell
from acoupi.broker.errors import BrokerFullError
from acoupi.broker.mailbox import Mailbox
from acoupi.broker.options import BrokerOptions

__all__ = ["Transport"]

BATCH = 100  # messages delivered before the event loop may look at something else


class Transport(virtual.Transport):
    """Messages through one SQLite file.

    Raises
    ------
    ConfigurationError
        If neither the address nor the transport options name a file.
    """

    Channel = Channel
    driver_type = driver_name = "embedded"
    default_port = 0
    implements = virtual.Transport.implements.extend(
        asynchronous=True, exchange_type=frozenset(["direct", "topic", "fanout"])
    )
    connection_errors = (*virtual.Transport.connection_errors, sqlite3.DatabaseError, OSError)
    channel_errors = (*virtual.Transport.channel_errors, BrokerFullError)
    # A full broker is not named here: a publisher hears of it at once.
    recoverable_connection_errors = connection_errors
    recoverable_channel_errors = virtual.Transport.channel_errors

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self._loop: Any = None
        self._timer: Any = None
        self._watched: Doorbell | None = None
        self._next_sweep_s = 0.0
        self._interrupted = ""

    @cached_property
    def mailbox(self) -> Mailbox:
        """The broker's file; looked for when it is first needed.

        Celery also makes transports only to ask them what they are called.
        """
        client = self.client
        return Mailbox(BrokerOptions.parse(client.virtual_host, client.transport_options))

    @property
    def default_connection_params(self) -> dict[str, Any]:
        """There is no host to fill in."""
        return {}

    @override
    def driver_version(self) -> str:
        return sqlite3.sqlite_version

    @override
    def establish_connection(self) -> "Transport":
        if self.mailbox.lost:
            self._start_over(self.mailbox.lost)
        self.mailbox.sweep()
        return super().establish_connection()

    @override
    def verify_connection(self, connection: Any) -> bool:
        return not self.mailbox.lost

    @override
    def close_connection(self, connection: Any) -> None:
        super().close_connection(connection)
        self.unregister_from_event_loop(connection, self._loop)
        self.mailbox.close()

    def listen(self) -> Doorbell:
        """Return our doorbell, watched by the event loop where there is one."""
        bell = self.mailbox.listen()
        if self._loop is not None and bell is not self._watched:
            self._loop.add_reader(bell, self._on_ring)
            self._watched = bell
        return bell

    def ring_self(self) -> None:
        """Look again soon.

        Kombu's ``call_soon`` would wait for the next event when called from
        within one, for seconds if need be; our own doorbell is an event.
        """
        self.mailbox.ring_self()

    @override
    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        self.unregister_from_event_loop(connection, self._loop)
        self._loop = loop
        self._timer = loop.call_repeatedly(self.mailbox.options.sweep_interval_s, self._on_tick)
        if self.mailbox.name is not None:
            self.listen()
            self.ring_self()

    @override
    def unregister_from_event_loop(self, connection: Any, loop: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if loop is not None and self._watched is not None and self._watched.fileno() >= 0:
            loop.remove_reader(self._watched.fileno())
        self._watched = self._loop = None

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Deliver one message, waiting for it if need be.

        Raises
        ------
        TimeoutError
            If none came in time.
        ConnectionResetError
            If those who consumed have to begin again, since the file is another.
        """
        if self._interrupted:
            reason, self._interrupted = self._interrupted, ""
            raise ConnectionResetError(reason)
        deadline_s = None if timeout is None else monotonic_s() + timeout
        while True:
            bell = self.listen()
            bell.silence()
            try:
                self._deliver_one()
                return
            except Empty:
                self._wait(bell, deadline_s)

    def _start_over(self, reason: str) -> None:
        """Take up the file that is there now; who consumed is to be told of it."""
        if any(channel._consumers for channel in self.channels or ()):
            self._interrupted = reason
        self.mailbox.renew()
        super().close_connection(self)

    def _wait(self, bell: Doorbell, deadline_s: float | None) -> None:
        self._sweep_if_due()
        now_s = monotonic_s()
        if deadline_s is not None and now_s >= deadline_s:
            raise TimeoutError("no message came in time")
        until_s = self._next_sweep_s if deadline_s is None else min(self._next_sweep_s, deadline_s)
        bell.wait(until_s - now_s)

    def _sweep_if_due(self) -> None:
        if monotonic_s() >= self._next_sweep_s:
            self._next_sweep_s = monotonic_s() + self.mailbox.options.sweep_interval_s
            self.mailbox.sweep()

    def _on_tick(self) -> None:
        self.mailbox.sweep()
        self._deliver_waiting()

    def _on_ring(self) -> None:
        self.mailbox.listen().silence()
        self._deliver_waiting()

    def _deliver_waiting(self) -> None:
        for _ in range(BATCH):
            try:
                self._deliver_one()
            except Empty:
                return
        self.ring_self()

    def _deliver_one(self) -> None:
        cycle: Any = self.cycle
        cycle.get(self._deliver)
