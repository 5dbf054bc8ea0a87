"""One connection to an MQTT broker, which knows what was acknowledged."""

import threading
from collections.abc import Callable
from typing import Any, Literal

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from acoupi.errors import MessageSendError, PermanentSendError, TransientSendError

__all__ = ["MQTTConnection"]

QOS_AT_LEAST_ONCE = 1
REFUSED_FOR_GOOD = {0x87, 0x90, 0x99}
"""Acknowledged as: not authorized, topic name invalid, payload format invalid."""

TOO_LARGE = 0x95
"""A broker says this as it hangs up."""


class MQTTConnection:
    """A connection that is used once: it never reconnects by itself.

    A message whose acknowledgement did not come is therefore not sent again
    behind the back of whoever keeps the messages.

    Parameters
    ----------
    transport
        What carries the connection.
    use_tls
        Whether to encrypt.
    """

    def __init__(self, transport: Literal["tcp", "websockets", "unix"], use_tls: bool) -> None:
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            protocol=MQTTv5,
            transport=transport,
            reconnect_on_failure=False,
        )
        if use_tls:
            self._client.tls_set()
        self._changed = threading.Condition()
        self._connack: ReasonCode | None = None
        self._closed: ReasonCode | None = None
        self._acknowledged: dict[int, ReasonCode] = {}
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish

    @property
    def is_open(self) -> bool:
        """Whether messages can be published now."""
        return self._closed is None and self._client.is_connected()

    def open(
        self, host: str, port: int, username: str | None, password: str | None, timeout_s: float
    ) -> None:
        """Connect, and wait until the broker has let us in.

        Raises
        ------
        TransientSendError
            If it does not.
        TimeoutError
            If it does not answer in time.
        OSError
            If it cannot be reached.
        """
        if username:
            self._client.username_pw_set(username, password)
        self._client.connect_timeout = timeout_s
        self._client.connect(host, port)
        self._client.loop_start()
        try:
            self._wait(lambda: self._connack is not None, timeout_s, "connection")
            if self._connack is not None and self._connack.is_failure:
                raise TransientSendError(f"the broker refuses the connection: {self._connack}")
        except BaseException:
            self.close()
            raise

    def publish(self, topic: str, content: str | bytes, timeout_s: float) -> None:
        """Publish, and wait until the broker has acknowledged it.

        Raises
        ------
        PermanentSendError
            If the broker refuses this message for good.
        TransientSendError
            If it refuses it for now, or the connection breaks.
        TimeoutError
            If it does not answer in time.
        """
        mid = self._client.publish(topic, content, qos=QOS_AT_LEAST_ONCE).mid
        self._wait(lambda: mid in self._acknowledged, timeout_s, "acknowledgement")
        reason = self._acknowledged.pop(mid)
        if reason.value in REFUSED_FOR_GOOD:
            raise PermanentSendError(f"the broker refuses the message: {reason}")
        if reason.is_failure:
            raise TransientSendError(f"the broker does not take the message: {reason}")

    def close(self) -> None:
        """Say goodbye, and end the network thread."""
        self._client.disconnect()
        self._client.loop_stop()

    def _wait(self, done: Callable[[], bool], timeout_s: float, what: str) -> None:
        with self._changed:
            self._changed.wait_for(lambda: done() or self._closed is not None, timeout_s)
            if done():
                return
            if self._closed is not None:
                raise _broken(self._closed)
        raise TimeoutError(f"no {what} within {timeout_s:g} s")

    def _on_connect(
        self, client: Client, userdata: Any, flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        with self._changed:
            self._connack = reason
            self._changed.notify_all()

    def _on_disconnect(
        self, client: Client, userdata: Any, flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        with self._changed:
            self._closed = reason
            self._changed.notify_all()

    def _on_publish(
        self, client: Client, userdata: Any, mid: int, reason: ReasonCode, properties: Any
    ) -> None:
        with self._changed:
            self._acknowledged[mid] = reason
            self._changed.notify_all()


def _broken(reason: ReasonCode) -> MessageSendError:
    error = PermanentSendError if reason.value == TOO_LARGE else TransientSendError
    return error(f"the connection broke: {reason}")
