"""Which build of a model an output is from, in a store that did not always know."""

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

from acoupi.components.stores import SqliteStore
from acoupi.components.stores.sqlite.listing import Selection, list_detections
from acoupi.components.stores.sqlite.schema import MIGRATIONS
from acoupi.testing.samples import STARTED_ON, deployment, detection, output, recording

OLD, FIFTH = UUID(int=1), 5


def write_fifth(path: Path) -> None:
    """Write a store of the version before, with one output."""
    started_on = STARTED_ON.isoformat()
    with closing(sqlite3.connect(path)) as connection, connection:
        for step in MIGRATIONS[:FIFTH]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {FIFTH}")
        connection.execute(
            "INSERT INTO deployment (id, name, started_on) VALUES (?, 'wood', ?)",
            (OLD.bytes, started_on),
        )
        connection.execute(
            "INSERT INTO recording (id, datetime, duration_s, samplerate_hz, deployment_id)"
            " VALUES (?, ?, 3, 48000, ?)",
            (OLD.bytes, started_on, OLD.bytes),
        )
        connection.execute(
            "INSERT INTO model_output (id, model_name, recording_id, created_on)"
            " VALUES (?, 'model', ?, ?)",
            (OLD.bytes, OLD.bytes, started_on),
        )


def test_what_was_found_before_is_of_no_known_build_and_what_comes_is(tmp_path: Path) -> None:
    path = tmp_path / "metadata.db"
    write_fifth(path)
    store = SqliteStore(path)
    new = output(recording(deployment(), minute=1), detection()).model_copy(
        update={"model_version": "2.4", "model_hash": "ab" * 32}
    )
    store.store_model_output(new)
    old, stored = store.get_model_outputs()
    store.close()
    assert (old.id, old.model_version, old.model_hash) == (OLD, "", "")
    assert stored == new
    assert path.with_name("metadata.db.bak-v5").exists()
    (line,) = list_detections(path, Selection())
    assert (line.model_version, line.model_hash) == ("2.4", "ab" * 32)
