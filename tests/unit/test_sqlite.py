import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from acoupi import _sqlite
from acoupi._sqlite import Database
from acoupi.errors import StoreError

N_THREADS = 6


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE note (text TEXT)")


def _extend(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE note ADD COLUMN written_on TEXT")


def _break(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM note")
    connection.execute("INSERT INTO nowhere VALUES (1)")


def _write(database: Database, text: str) -> None:
    with database.write() as connection:
        connection.execute("INSERT INTO note (text) VALUES (?)", (text,))


def _texts(database: Database) -> list[str]:
    with database.read() as connection:
        return [row["text"] for row in connection.execute("SELECT text FROM note")]


@pytest.fixture
def open_database(tmp_path: Path):
    opened: list[Database] = []

    def open_(*migrations: Callable[[sqlite3.Connection], None]) -> Database:
        opened.append(Database(tmp_path / "notes.db", migrations))
        return opened[-1]

    yield open_
    for database in opened:
        database.close()


def test_a_new_file_may_be_opened_by_all_threads_at_once(tmp_path: Path) -> None:
    for attempt in range(10):
        database = Database(tmp_path / f"{attempt}.db", [_create])
        barrier = threading.Barrier(N_THREADS)

        def write(database: Database = database, barrier: threading.Barrier = barrier) -> None:
            barrier.wait(30)
            _write(database, "here")
            database.close()

        with ThreadPoolExecutor(N_THREADS) as pool:
            for written in [pool.submit(write) for _ in range(N_THREADS)]:
                written.result()

        assert len(_texts(database)) == N_THREADS
        database.close()


def test_a_copy_holds_what_there_was_before_the_migration(open_database) -> None:
    _write(open_database(_create), "old")

    new = open_database(_create, _extend)
    _write(new, "new")

    with sqlite3.connect(new.path.with_name("notes.db.bak-v1")) as copy:
        assert copy.execute("SELECT * FROM note").fetchall() == [("old",)]
    copy.close()
    assert _texts(new) == ["old", "new"]


def test_a_migration_that_fails_changes_nothing_and_may_be_tried_again(open_database) -> None:
    old = open_database(_create)
    _write(old, "old")

    for _ in range(2):
        with pytest.raises(StoreError, match="nowhere"):
            _texts(open_database(_create, _break))

    assert _texts(open_database(_create, _extend)) == ["old"]


def test_a_block_that_raises_leaves_nothing_and_the_next_one_is_kept(open_database) -> None:
    database = open_database(_create)

    def write_half() -> None:
        with database.write() as connection:
            connection.execute("INSERT INTO note VALUES ('lost')")
            raise KeyError

    with pytest.raises(KeyError):
        write_half()

    _write(database, "kept")
    database.close()
    assert _texts(database) == ["kept"]


def test_a_transaction_that_sqlite_has_ended_itself_still_tells_the_first_error(
    open_database,
) -> None:
    database = open_database(_create)

    def write_twice() -> None:
        with database.write() as connection:
            connection.execute("CREATE TABLE single (n INTEGER PRIMARY KEY ON CONFLICT ROLLBACK)")
            connection.executemany("INSERT INTO single VALUES (?)", [(1,), (1,)])

    with pytest.raises(StoreError, match="constraint"):
        write_twice()

    _write(database, "kept")
    assert _texts(database) == ["kept"]


def _journal(database: Database) -> str:
    with database.read() as connection:
        return connection.execute("PRAGMA journal_mode").fetchone()[0]


def test_a_file_on_a_network_is_not_written_ahead_and_stays_so_where_its_disk_is(
    open_database, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = open_database(_create)
    assert _journal(local) == "wal"
    local.close()
    with monkeypatch.context() as patch:
        patch.setattr(_sqlite, "is_networked", lambda _: True)
        distant = open_database(_create)
        _write(distant, "from afar")
        assert _journal(distant) == "delete"
        distant.close()
    assert _journal(open_database(_create)) == "delete"
