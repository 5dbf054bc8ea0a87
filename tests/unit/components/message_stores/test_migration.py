"""Files that acoupi up to 0.8 wrote."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from acoupi.components.message_stores import SqliteMessageStore
from acoupi.data import Message, MessageType

SENT, UNSENT, BINARY = (UUID(int=number) for number in range(1, 4))

VERSION_1 = """
CREATE TABLE message (
    id BLOB PRIMARY KEY, content BLOB NOT NULL, created_on TEXT NOT NULL
);
CREATE TABLE response (
    id INTEGER PRIMARY KEY AUTOINCREMENT, content TEXT, message_id BLOB NOT NULL,
    status INTEGER NOT NULL, received_on TEXT NOT NULL,
    FOREIGN KEY (message_id) REFERENCES message(id)
);
CREATE INDEX idx_response_message_id ON response(message_id);
CREATE INDEX idx_response_status ON response(status);
PRAGMA user_version = 1;
"""

VERSION_2 = f"""
{VERSION_1}
ALTER TABLE message ADD COLUMN message_type TEXT;
PRAGMA user_version = 2;
"""

MESSAGES = [
    (SENT.bytes, b'{"sent": true}', "2026-05-01 03:30:00+00:00"),
    (UNSENT.bytes, "{\"place\": \"Høje Taastrup\"}".encode(), "2026-05-01 05:31:00+02:00"),
    (BINARY.bytes, b"\xff\x00", "2026-05-01 03:32:00.250000+00:00"),
]  # fmt: skip


@pytest.fixture(params=[VERSION_1, VERSION_2], ids=["version 1", "version 2"])
def old_file(request: pytest.FixtureRequest, db_path: Path) -> Path:
    with closing(sqlite3.connect(db_path)) as connection, connection:
        connection.executescript(request.param)
        connection.executemany(
            "INSERT INTO message (id, content, created_on) VALUES (?, ?, ?)", MESSAGES
        )
        connection.execute(
            "INSERT INTO response (message_id, status, received_on) VALUES (?, 0, ?)",
            (SENT.bytes, "2026-05-01 03:30:01+00:00"),
        )
        connection.execute(
            "INSERT INTO response (message_id, status, received_on) VALUES (?, 2, ?)",
            (UNSENT.bytes, "2026-05-01 03:31:01+00:00"),
        )
    return db_path


def test_messages_of_an_old_file_come_back(old_file: Path, store: SqliteMessageStore) -> None:
    assert store.get_unsent_messages() == [
        Message(
            id=UNSENT,
            content='{"place": "Høje Taastrup"}',
            created_on=dt.datetime(2026, 5, 1, 3, 31, tzinfo=dt.UTC),
        ),
        Message(
            id=BINARY,
            content=b"\xff\x00",
            created_on=dt.datetime(2026, 5, 1, 3, 32, 0, 250_000, tzinfo=dt.UTC),
        ),
    ]


def test_what_an_old_file_marks_as_sent_is_not_sent_again(
    old_file: Path, store: SqliteMessageStore, now: dt.datetime
) -> None:
    due = store.get_due_messages("HTTP", now)

    assert [message.id for message in due] == [UNSENT, BINARY]
    assert store.count_undelivered(["HTTP"]) == 2


def test_no_row_of_an_old_file_is_lost_and_a_copy_is_made(
    old_file: Path, store: SqliteMessageStore
) -> None:
    store.get_unsent_messages()

    (backup,) = old_file.parent.glob("messages.db.bak-v?")
    for path in (old_file, backup):
        with closing(sqlite3.connect(path)) as connection:
            counts = [
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
                for table in ("message", "response")
            ]
        assert counts == [3, 2], path


def test_the_kind_of_a_message_in_an_old_file_is_kept(
    db_path: Path, store: SqliteMessageStore
) -> None:
    with closing(sqlite3.connect(db_path)) as connection, connection:
        connection.executescript(VERSION_2)
        connection.execute(
            "INSERT INTO message VALUES (?, ?, ?, 'heartbeat')",
            (SENT.bytes, b"{}", "2026-05-01 03:30:00+00:00"),
        )

    (message,) = store.get_unsent_messages()

    assert message.message_type is MessageType.HEARTBEAT


def test_an_old_file_is_at_the_version_of_today(old_file: Path, store: SqliteMessageStore) -> None:
    store.get_unsent_messages()

    with closing(sqlite3.connect(old_file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (4,)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
