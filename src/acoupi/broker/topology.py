# pyright: basic, reportIncompatibleMethodOverride=false
# Kombu has no type information: strict mode would report every inherited name.
"""Queues, exchanges and bindings, as every process that opens the file sees them."""

from typing import TYPE_CHECKING, Any

from kombu.exceptions import ChannelError
from kombu.transport import virtual
from typing_extensions import override

from acoupi.broker import queues
from acoupi.broker.queues import Route

if TYPE_CHECKING:
    from acoupi.broker.mailbox import Mailbox

__all__ = ["Topology"]


class Topology(virtual.Channel):
    """The half of a channel that declares and binds."""

    supports_fanout = True

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self.mailbox: Mailbox = connection.mailbox
        self._routers: dict[str, Any] = dict(self.exchange_types or {})

    def _has_queue(self, queue: str, **kwargs: Any) -> bool:
        with self.mailbox.reading() as db:
            return queues.queue_exists(db, queue)

    def _new_queue(
        self, queue: str, exclusive: bool = False, auto_delete: bool = False, **kwargs: Any
    ) -> None:
        with self.mailbox.reading() as db:
            known, (owner, _) = queues.queue_exists(db, queue), queues.owner_of(db, queue)
        if known and (owner is None or not self.mailbox.owner_is_dead(owner)):
            return
        private = exclusive or auto_delete
        name = self.connection.listen().name if private else None
        with self.mailbox.writing() as db:
            queues.declare_queue(db, queue, name, auto_delete)

    @override
    def queue_delete(
        self, queue: str, if_unused: bool = False, if_empty: bool = False, **kwargs: Any
    ) -> int:
        """Delete a queue, whoever bound it, and return how many messages it held."""
        if if_empty and self._size(queue):
            return 0
        return self._delete(queue)

    def _delete(self, queue: str, *args: Any, **kwargs: Any) -> int:
        if not self._has_queue(queue):
            return 0
        with self.mailbox.writing() as db:
            return queues.delete_queue(db, queue)

    @override
    def exchange_declare(
        self, exchange: str | None = None, type: str = "direct", passive: bool = False, **kw: Any
    ) -> None:
        type_ = type or "direct"
        exchange = exchange or f"amq.{type_}"
        with self.mailbox.reading() as db:
            known = queues.exchange_type(db, exchange)
        if known is None and passive:
            raise _refused(f"NOT_FOUND - no exchange {exchange!r}", 404)
        if known is not None and known != type_ and not passive:
            raise _refused(f"PRECONDITION_FAILED - exchange {exchange!r} is a {known}", 406)
        if known is None:
            with self.mailbox.writing() as db:
                queues.declare_exchange(db, exchange, type_)

    @override
    def exchange_delete(
        self, exchange: str, if_unused: bool = False, nowait: bool = False
    ) -> None:
        if if_unused and self.get_table(exchange):
            return
        with self.mailbox.writing() as db:
            queues.delete_exchange(db, exchange)

    @override
    def typeof(self, exchange: str, default: str = "direct") -> Any:
        with self.mailbox.reading() as db:
            type_ = queues.exchange_type(db, exchange) or default
        return self._routers[type_]

    @override
    def get_table(self, exchange: str) -> list[Route]:
        with self.mailbox.reading() as db:
            return queues.routes(db, exchange)

    @override
    def get_exchanges(self) -> list[str]:
        with self.mailbox.reading() as db:
            return queues.exchanges(db)

    @override
    def list_bindings(self) -> list[tuple[str, str, str]]:
        with self.mailbox.reading() as db:
            return queues.bindings(db)

    @override
    def queue_bind(
        self,
        queue: str,
        exchange: str | None = None,
        routing_key: str = "",
        arguments: Any = None,
        **kwargs: Any,
    ) -> None:
        exchange = exchange or "amq.direct"
        route = self._route(queue, exchange, routing_key, arguments)
        if route not in self.get_table(exchange):
            with self.mailbox.writing() as db:
                queues.bind(db, exchange, route)

    @override
    def queue_unbind(
        self,
        queue: str,
        exchange: str | None = None,
        routing_key: str = "",
        arguments: Any = None,
        **kwargs: Any,
    ) -> None:
        with self.mailbox.writing() as db:
            queues.unbind(db, exchange or "amq.direct", routing_key or "", queue)

    def _route(self, queue: str, exchange: str, routing_key: str, arguments: Any) -> Route:
        prepared = self.typeof(exchange).prepare_bind(
            queue, exchange, routing_key or "", arguments
        )
        key, pattern, name = prepared
        return key or "", pattern or "", name


def _refused(text: str, code: int) -> ChannelError:
    return ChannelError(text, (40, 10), "Channel.exchange_declare", str(code))
