"""What an MQTT messenger needs to know."""

from enum import StrEnum

from pydantic import BaseModel, Field, SecretStr

__all__ = ["MQTTConfig", "MQTTTransport", "default_port"]

PLAIN_PORT = 1883
TLS_PORT = 8883


class MQTTTransport(StrEnum):
    """What carries the MQTT connection."""

    TCP = "tcp"
    WEBSOCKETS = "websockets"
    UNIX = "unix"
    """A socket on this computer, whose path is the host."""


def default_port(use_tls: bool) -> int:
    """Return the port that is registered for MQTT, with or without TLS."""
    return TLS_PORT if use_tls else PLAIN_PORT


class MQTTConfig(BaseModel):
    """Where to send messages over MQTT."""

    host: str = Field(min_length=1)

    username: str | None = None

    password: SecretStr | None = None

    topic: str = Field(default="acoupi", min_length=1)

    port: int | None = Field(default=None, gt=0, lt=65536)
    """By default 1883, with TLS 8883."""

    timeout: float = Field(default=5, gt=0)
    """Seconds to wait for the connection, and for each acknowledgement."""

    use_tls: bool = False

    transport: MQTTTransport = MQTTTransport.TCP

    use_message_type: bool = False
    """Whether to append the message's type to the topic, as in ``acoupi/detection``."""
