"""Ways to send messages."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.components.messengers.http import (
        HTTPConfig as HTTPConfig,
        HTTPMessenger as HTTPMessenger,
    )
    from acoupi.components.messengers.mqtt import MQTTMessenger as MQTTMessenger
    from acoupi.components.messengers.mqtt_config import (
        MQTTConfig as MQTTConfig,
        MQTTTransport as MQTTTransport,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "HTTPConfig": ".http",
        "HTTPMessenger": ".http",
        "MQTTConfig": ".mqtt_config",
        "MQTTMessenger": ".mqtt",
        "MQTTTransport": ".mqtt_config",
    },
)
