"""What an MQTT messenger needs to know."""

from enum import StrEnum

from pydantic import BaseModel, Field, SecretStr, field_validator

from acoupi.errors import ParameterError

__all__ = ["MQTTConfig", "MQTTTransport", "checked_topic", "default_port"]

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


def checked_topic(topic: str) -> str:
    """Return the topic if messages can be published on it.

    Raises
    ------
    ParameterError
        If not.
    """
    if not topic or set(topic) & set("#+\0"):
        raise ParameterError(
            topic,
            f"nothing can be published on the topic {topic!r}",
            help="give one like acoupi/wood-7, without the wildcards # and +",
        )
    return topic


class MQTTConfig(BaseModel):
    """Where to send messages over MQTT."""

    host: str = Field(min_length=1)

    username: str | None = None

    password: SecretStr | None = None

    topic: str = "acoupi"

    port: int | None = Field(default=None, gt=0, lt=65536)
    """By default 1883, with TLS 8883."""

    timeout: float = Field(default=5, gt=0)
    """Seconds to wait for the connection, and for each acknowledgement."""

    use_tls: bool = False

    transport: MQTTTransport = MQTTTransport.TCP

    use_message_type: bool = False
    """Whether to append the message's type to the topic, as in ``acoupi/detection``."""

    @field_validator("topic")
    @classmethod
    def _can_be_published_on(cls, topic: str) -> str:
        return checked_topic(topic)
