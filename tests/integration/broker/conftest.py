# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu has no type information.
"""Three brokers, and workers on them; what a test asks of one, it asks of all."""

import contextlib
import uuid
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from crews import Broker, Crew
from kombu import Connection, Exchange, Queue
from real_brokers import RabbitMQ, Redis, Server, find_rabbitmq, find_redis, running

from acoupi import broker

Requires = Callable[[object, str, str], None]
WaitUntil = Callable[..., None]

HOW = "run scripts/install-test-parts"

# A task of a killed worker comes back after this; tests have no ten minutes.
SOON = {"visibility_timeout": 2, "unacked_restore_interval": 1, "unacked_restore_throttle": 1}


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory, requires: Requires) -> Generator[Server]:
    requires(find_rabbitmq(), "rabbitmq-server", HOW)
    with running(RabbitMQ(tmp_path_factory.mktemp("rabbitmq"))) as server:
        yield server


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory, requires: Requires) -> Generator[Server]:
    requires(find_redis(), "redis-server", HOW)
    with running(Redis(tmp_path_factory.mktemp("redis"))) as server:
        yield server


@pytest.fixture
def embedded(tmp_path: Path) -> Broker:
    broker.register()
    path = str(tmp_path / "run" / "broker.db")
    return Broker("embedded://", {"path": path, "sweep_interval": 0.5})


@pytest.fixture(params=["embedded", "rabbitmq", "redis"])
def each_broker(request: pytest.FixtureRequest) -> Broker:
    found = request.getfixturevalue(request.param)
    if isinstance(found, Broker):
        return found
    return Broker(found.url, SOON if isinstance(found, Redis) else {})


@pytest.fixture
def connect(each_broker: Broker) -> Generator[Callable[[], Connection]]:
    """Open connections to the broker; they close when the test ends."""
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(each_broker.connect())


@pytest.fixture
def queue() -> Queue:
    """A queue of this test alone."""
    name = f"tasks-{uuid.uuid4().hex[:8]}"
    return Queue(name, Exchange(name, type="direct"), routing_key="key")


@pytest.fixture
def crew(tmp_path: Path, each_broker: Broker, wait_until: WaitUntil) -> Generator[Crew]:
    """Workers on each of the brokers."""
    with contextlib.closing(Crew(tmp_path / "crew", each_broker, wait_until)) as made:
        yield made


@pytest.fixture
def embedded_crew(tmp_path: Path, embedded: Broker, wait_until: WaitUntil) -> Generator[Crew]:
    """Workers on the embedded broker."""
    with contextlib.closing(Crew(tmp_path / "crew", embedded, wait_until)) as made:
        yield made
