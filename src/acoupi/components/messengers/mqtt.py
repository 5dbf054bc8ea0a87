"""Messages over MQTT 5: published with QoS 1, done when the broker has acknowledged them."""

import logging
import os
import threading
from typing import TYPE_CHECKING, Self

from acoupi.components.messengers.mqtt_config import (
    MQTTConfig,
    MQTTTransport,
    checked_topic,
    default_port,
)
from acoupi.components.types import Messenger
from acoupi.data import Message, Response, ResponseStatus
from acoupi.errors import HealthCheckError, MessageSendError, PermanentSendError

if TYPE_CHECKING:
    from acoupi.components.messengers.mqtt_connection import MQTTConnection

__all__ = ["MQTTMessenger"]


class MQTTMessenger(Messenger):
    """Publish each message on one topic, over one connection that is kept open.

    Parameters
    ----------
    host
        The broker's address; with the transport ``unix`` the path of its socket.
    topic
        Where to publish.
    port
        By default 1883, with TLS 8883.
    username, password
        Who this is, if the broker asks.
    timeout
        Seconds to wait for the connection, and for each acknowledgement.
    use_tls
        Whether to encrypt, and to check the broker's certificate.
    logger
        Where to log, if not to this module's logger.
    transport
        What carries the connection.
    use_message_type
        Whether to append the message's type to the topic, as in ``acoupi/detection``.
    """

    def __init__(
        self,
        host: str,
        topic: str,
        port: int | None = None,
        username: str | None = None,
        password: str | None = None,
        timeout: float = 5,
        use_tls: bool = False,
        logger: logging.Logger | None = None,
        transport: MQTTTransport | str = MQTTTransport.TCP,
        use_message_type: bool = False,
    ) -> None:
        self.host = host
        self.topic = checked_topic(topic)
        self.port = port or default_port(use_tls)
        self.username = username
        self.password = password
        self.timeout = timeout
        self.use_tls = use_tls
        self.logger = logger or logging.getLogger(__name__)
        self.transport = MQTTTransport(transport)
        self.use_message_type = use_message_type
        self._connection: tuple[int, MQTTConnection] | None = None
        self._lock = threading.Lock()

    @classmethod
    def from_config(cls, config: MQTTConfig, logger: logging.Logger | None = None) -> Self:
        """Make a messenger from its configuration."""
        return cls(
            host=config.host,
            topic=config.topic,
            port=config.port,
            username=config.username,
            password=config.password.get_secret_value() if config.password else None,
            timeout=config.timeout,
            use_tls=config.use_tls,
            logger=logger,
            transport=config.transport,
            use_message_type=config.use_message_type,
        )

    @property
    def name(self) -> str:
        """``mqtt:HOST:PORT/TOPIC``."""
        return f"mqtt:{self.host}:{self.port}/{self.topic}"

    def send_message(self, message: Message) -> Response:
        """Publish one message; what goes wrong on the way is told, never raised.

        ``SUCCESS`` is the broker's acknowledgement; ``FAILED`` that it does
        not let us publish this here. A broker that cannot be reached or does
        not let us in is an ``ERROR``, one that stays silent a ``TIMEOUT``.
        """
        try:
            self._connect().publish(self._topic_of(message), message.content, self.timeout)
        except TimeoutError as error:
            status, text = ResponseStatus.TIMEOUT, str(error)
        except PermanentSendError as error:
            status, text = ResponseStatus.FAILED, str(error)
        except (MessageSendError, OSError, ValueError) as error:
            status, text = ResponseStatus.ERROR, str(error)
        else:
            return Response(status=ResponseStatus.SUCCESS, message=message)
        self.logger.warning("message %s not taken by %s: %s", message.id, self.name, text)
        if status != ResponseStatus.FAILED:
            self.close()
        return Response(status=status, message=message, content=text)

    def check_connection(self) -> None:
        """Connect, if there is no connection yet.

        Raises
        ------
        MessageSendError
            If the broker does not let us in.
        OSError
            If it cannot be reached.
        """
        self._connect()

    def check(self) -> None:
        """Check that the broker can be reached and lets us in; nothing is published.

        Raises
        ------
        HealthCheckError
            If not.
        """
        try:
            self.check_connection()
        except (MessageSendError, OSError, ValueError) as error:
            raise HealthCheckError(
                f"no MQTT connection to {self.host}:{self.port}: {error}",
                help="check the host, the port, the user and password, and that the broker runs",
            ) from error

    def close(self) -> None:
        """End the connection; the next message opens another."""
        with self._lock:
            if self._connection is not None and self._connection[0] == os.getpid():
                self._connection[1].close()
            self._connection = None

    def _connect(self) -> "MQTTConnection":
        from acoupi.components.messengers.mqtt_connection import MQTTConnection

        with self._lock:
            if self._connection is not None:
                pid, connection = self._connection
                if pid == os.getpid() and connection.is_open:
                    return connection
                if pid == os.getpid():
                    connection.close()
            self._connection = None
            connection = MQTTConnection(self.transport.value, self.use_tls)
            connection.open(self.host, self.port, self.username, self.password, self.timeout)
            self._connection = os.getpid(), connection
            return connection

    def _topic_of(self, message: Message) -> str:
        if self.use_message_type and message.message_type is not None:
            return f"{self.topic}/{message.message_type.value}"
        return self.topic
