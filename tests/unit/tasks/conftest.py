from collections.abc import Iterator
from pathlib import Path

import pytest

from acoupi.components.message_stores import SqliteMessageStore
from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment, Recording
from acoupi.testing import FakeRecorder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "metadata.db")
    yield store
    store.close()


@pytest.fixture
def message_store(tmp_path: Path) -> Iterator[SqliteMessageStore]:
    message_store = SqliteMessageStore(tmp_path / "messages.db")
    yield message_store
    message_store.close()


@pytest.fixture
def deployment(store: SqliteStore) -> Deployment:
    deployment = Deployment(name="wood", latitude=51.5, longitude=-0.1)
    store.store_deployment(deployment)
    return deployment


@pytest.fixture
def recording(store: SqliteStore, deployment: Deployment, tmp_path: Path) -> Recording:
    recording = FakeRecorder(tmp_path).record(deployment)
    store.store_recording(recording)
    return recording
