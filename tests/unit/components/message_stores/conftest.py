import datetime as dt
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from acoupi.components.message_stores import SqliteMessageStore
from acoupi.data import Message, Response, ResponseStatus

START = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)


@pytest.fixture
def db_path(tmp_path: Path) -> Path:
    return tmp_path / "messages.db"


@pytest.fixture
def store(db_path: Path) -> Generator[SqliteMessageStore]:
    store = SqliteMessageStore(db_path, jitter=lambda: 0.0)
    yield store
    store.close()


@pytest.fixture
def now() -> dt.datetime:
    return START


@pytest.fixture
def make_message(now: dt.datetime) -> Callable[..., Message]:
    def make(minute: int = 0, content: str | bytes = "{}") -> Message:
        return Message(content=content, created_on=now + dt.timedelta(minutes=minute))

    return make


@pytest.fixture
def answer(now: dt.datetime) -> Callable[..., Response]:
    def make(message: Message, status: ResponseStatus, content: str | None = None) -> Response:
        return Response(message=message, status=status, content=content, received_on=now)

    return make
