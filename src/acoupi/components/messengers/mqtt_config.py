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

    host: str = Field(min_length=1, description="name or address of the MQTT broker")
    username: str | None = Field(default=None, description="user name, if the broker wants one")
    password: SecretStr | None = Field(default=None, description="password, if it wants one")
    topic: str = Field(default="acoupi", description="topic that messages are published on")
    port: int | None = Field(
        default=None, gt=0, lt=65536, description="port of the broker; none: 1883, with TLS 8883"
    )
    timeout: float = Field(
        default=5,
        gt=0,
        description="time to wait for the connection, and for each acknowledgement (s)",
    )
    use_tls: bool = Field(default=False, description="whether the connection is encrypted")
    transport: MQTTTransport = Field(
        default=MQTTTransport.TCP, description="what MQTT is carried by"
    )
    use_message_type: bool = Field(
        default=False,
        description="whether the message's type is appended to the topic, as in acoupi/detection",
    )

    @field_validator("topic")
    @classmethod
    def _can_be_published_on(cls, topic: str) -> str:
        return checked_topic(topic)
