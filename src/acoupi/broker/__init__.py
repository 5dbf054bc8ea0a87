"""A message broker that is one file: a Kombu transport without a server.

Messages rest in an SQLite file; a datagram socket per consumer wakes it, and
tells the others that it lives. The broker is a doorbell, not a memory: what
must not be lost is in the stores, so its file may be thrown away.
"""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.broker.errors import BrokerFullError as BrokerFullError
    from acoupi.broker.options import BrokerOptions as BrokerOptions
    from acoupi.broker.registration import register as register
    from acoupi.broker.status import queue_sizes as queue_sizes
    from acoupi.broker.transport import Transport as Transport

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "BrokerFullError": ".errors",
        "BrokerOptions": ".options",
        "Transport": ".transport",
        "queue_sizes": ".status",
        "register": ".registration",
    },
)
