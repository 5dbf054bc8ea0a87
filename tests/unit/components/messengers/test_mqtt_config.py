import pytest
from pydantic import ValidationError

from acoupi.components import MQTTConfig, MQTTMessenger, MQTTTransport
from acoupi.errors import ParameterError


def test_the_port_follows_tls_unless_it_is_given() -> None:
    assert MQTTMessenger("broker", "t").port == 1883
    assert MQTTMessenger("broker", "t", use_tls=True).port == 8883
    assert MQTTMessenger("broker", "t", port=1884, use_tls=True).port == 1884


def test_only_the_host_must_be_given() -> None:
    config = MQTTConfig(host="broker")
    assert (config.topic, config.username, config.password) == ("acoupi", None, None)
    assert (config.transport, config.use_tls, config.use_message_type) == ("tcp", False, False)


def test_a_messenger_is_made_from_its_configuration() -> None:
    config = MQTTConfig(
        host="broker",
        username="bat",
        password="echo",
        topic="wood",
        port=1999,
        timeout=3,
        transport=MQTTTransport.WEBSOCKETS,
        use_message_type=True,
    )
    messenger = MQTTMessenger.from_config(config)
    assert (messenger.username, messenger.password) == ("bat", "echo")
    assert (messenger.port, messenger.timeout) == (1999, 3)
    assert (messenger.transport, messenger.use_message_type) == ("websockets", True)


def test_the_password_is_not_shown() -> None:
    config = MQTTConfig(host="broker", username="bat", password="echo")
    assert "echo" not in repr(config)
    assert "echo" not in config.model_dump_json()
    assert "echo" not in MQTTMessenger.from_config(config).name


@pytest.mark.parametrize("topic", ["", "wood/#", "wood/+/box", "wood\0"])
def test_a_topic_that_cannot_be_published_on_is_refused(topic: str) -> None:
    with pytest.raises(ParameterError, match="topic"):
        MQTTMessenger("broker", topic)
    with pytest.raises(ValidationError, match="topic"):
        MQTTConfig(host="broker", topic=topic)


@pytest.mark.parametrize(
    "fields",
    [{}, {"host": ""}, {"host": "b", "port": 70_000}, {"host": "b", "transport": "smoke"}],
)
def test_what_cannot_be_used_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MQTTConfig.model_validate(fields)
