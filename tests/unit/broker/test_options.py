# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu and Celery have no type information.
from pathlib import Path

import pytest
from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES

from acoupi import broker
from acoupi.broker.options import BrokerOptions
from acoupi.errors import ConfigurationError, ParameterError


def test_the_path_comes_from_the_address(tmp_path: Path) -> None:
    broker.register()
    path = tmp_path / "a" / "broker.db"
    with Connection(f"embedded:///{path}", transport_options={"path": "/elsewhere"}) as connection:
        connection.default_channel.queue_declare("tasks")
    assert broker.queue_sizes(path) == {"tasks": 0}


def test_the_path_comes_from_the_options_when_the_address_has_none() -> None:
    assert BrokerOptions.parse("/", {"path": "/a/b.db"}).path == Path("/a/b.db")


def test_a_path_through_a_link_is_the_path_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "later")
    options = BrokerOptions.parse(None, {"path": str(tmp_path / "link" / "b.db")})
    assert options.path == tmp_path / "later" / "b.db"


def test_a_broker_without_a_path_says_where_to_put_it() -> None:
    broker.register()
    with pytest.raises(ConfigurationError, match="where its file is") as caught:
        Connection("embedded://").connect()
    assert "broker_url" in str(caught.value.help)


def test_an_unknown_level_of_synchronous_is_refused() -> None:
    with pytest.raises(ParameterError, match="SOMETIMES"):
        BrokerOptions.parse(None, {"path": "/a", "synchronous": "sometimes"})


def test_registering_twice_is_the_same_as_once() -> None:
    broker.register()
    broker.register()
    assert TRANSPORT_ALIASES["embedded"] == "acoupi.broker.transport:Transport"
