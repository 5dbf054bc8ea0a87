# pyright: basic, reportIncompatibleMethodOverride=false
# Kombu has no type information: strict mode would report every inherited name.
"""Acknowledgements."""

from kombu.transport import virtual
from typing_extensions import override

__all__ = ["QoS"]


class QoS(virtual.QoS):
    """Acknowledgements that reach the file, not only memory."""

    @override
    def ack(self, delivery_tag: str) -> None:
        self.channel.settle(delivery_tag)
        super().ack(delivery_tag)
        self.channel.connection.ring_self()

    @override
    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        if requeue:
            self.channel.release(delivery_tag)
        else:
            self.channel.settle(delivery_tag)
        super().ack(delivery_tag)
        self.channel.connection.ring_self()
