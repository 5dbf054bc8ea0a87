"""What a store remembers for cleaners, beside what every such log must keep."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.data import Heard
from acoupi.testing.samples import STARTED_ON, deployment, output, recording

WREN = "wren"
LONG_AGO = STARTED_ON - dt.timedelta(days=9)
WOOD = deployment()


def at(second: float, species: str = WREN) -> Heard:
    return Heard(STARTED_ON + dt.timedelta(seconds=second), species)


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "metadata.db")


def test_what_is_old_is_not_kept_for_a_season(store: SqliteStore) -> None:
    for number in range(50):
        heard = [at(10 * number)]
        store.remember("t", output(recording(WOOD)), heard, at(10 * number - 30).on)
    with closing(sqlite3.connect(store.db_path)) as connection:
        assert connection.execute("SELECT count(*) FROM heard").fetchone() == (4,)
    store.close()


def test_what_was_heard_is_found_by_index(store: SqliteStore) -> None:
    store.remember("t", output(recording(WOOD)), [at(1)], LONG_AGO)
    with closing(sqlite3.connect(store.db_path)) as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT species, heard_on FROM heard WHERE topic = 't' "
            "AND model_name = 'm' AND deployment_id = x'00' AND microphone = '' "
            "AND species IN ('a', 'b') AND heard_on BETWEEN '2' AND '3' AND recording_id <> x'00'"
        ).fetchall()
    assert "species=? AND heard_on>? AND heard_on<?" in plan[0][-1]
    store.close()
