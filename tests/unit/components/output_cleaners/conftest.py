"""What cleaners are tried on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from heard_species import Wood

from acoupi.components.heard import HeardInMemory
from acoupi.components.stores import SqliteStore
from acoupi.components.types import HeardLog


@pytest.fixture
def wood() -> Wood:
    return Wood()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "metadata.db")
    yield store
    store.close()


@pytest.fixture(params=["memory", "store"])
def log(request: pytest.FixtureRequest, store: SqliteStore) -> HeardLog:
    return store if request.param == "store" else HeardInMemory()
