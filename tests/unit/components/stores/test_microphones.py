"""Several microphones in one store."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from acoupi.components.stores import SqliteStore
from acoupi.components.stores.sqlite.effort import read_effort
from acoupi.components.stores.sqlite.listing import Selection, list_recordings
from acoupi.components.stores.sqlite.microphones import find_microphones, last_ended_by_microphone
from acoupi.components.stores.sqlite.schema import MIGRATIONS
from acoupi.data import Deployment, EffortSpan, EffortState, Recording

START = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
NAMES = ["", "bats", "birds"]
Make = Callable[..., Recording]


def paused(deployment: Deployment, microphone: str, minute: int = 0) -> EffortSpan:
    return EffortSpan(
        deployment_id=deployment.id,
        started_on=START + minute * MINUTE,
        ended_on=START + (minute + 1) * MINUTE,
        state=EffortState.PAUSED,
        microphone=microphone,
    )


def test_a_recording_comes_back_with_its_microphone(
    store: SqliteStore, make_recording: Make
) -> None:
    made = [make_recording(minute, microphone=name) for minute, name in enumerate(NAMES)]
    for recording in made:
        store.store_recording(recording)
    assert [found for found, _ in store.get_recordings([each.id for each in made])] == made
    assert find_microphones(store.db_path) == NAMES


def test_no_store_knows_no_microphone(tmp_path: Path) -> None:
    assert find_microphones(tmp_path / "nothing.db") == []
    assert last_ended_by_microphone(tmp_path / "nothing.db", ["bats"], START) == {"bats": None}


def test_each_microphone_has_a_last_recording_of_its_own(
    store: SqliteStore, make_recording: Make
) -> None:
    for minute, name in enumerate(["bats", "birds", "birds", "bats"]):
        store.store_recording(make_recording(minute, microphone=name))
    ends = last_ended_by_microphone(store.db_path, ["bats", "birds", "owls"], START + 2 * MINUTE)
    three_s = dt.timedelta(seconds=3)
    assert ends == {"bats": START + three_s, "birds": START + 2 * MINUTE + three_s, "owls": None}


def test_recordings_are_listed_by_microphone(store: SqliteStore, make_recording: Make) -> None:
    for minute, name in enumerate(NAMES):
        store.store_recording(make_recording(minute, microphone=name))
    for name in NAMES:
        lines = list_recordings(store.db_path, Path("/tmp"), Selection(microphone=name))
        assert [line.microphone for line in lines] == [name]


def test_the_time_of_each_microphone_is_accounted_for_apart(
    store: SqliteStore, deployment: Deployment, make_recording: Make
) -> None:
    for minute, name in enumerate(["bats", "birds", "bats"]):
        store.store_recording(make_recording(minute, microphone=name))
    for name in ("birds", "owls"):
        store.note(paused(deployment, name))
    bats, birds, owls = read_effort(store.db_path)
    assert [each.microphone for each in (bats, birds, owls)] == ["bats", "birds", "owls"]
    assert [len(each.recorded) for each in (bats, birds, owls)] == [2, 1, 0]
    assert [each.spans for each in (bats, birds, owls)] == [
        [],
        [paused(deployment, "birds")],
        [paused(deployment, "owls")],
    ]


def test_equal_spans_of_two_microphones_stay_two_rows(
    store: SqliteStore, deployment: Deployment
) -> None:
    for minute in range(10):
        for name in NAMES:
            store.note(paused(deployment, name, minute))
    assert len(store.get_spans()) == len(NAMES)


def test_what_was_recorded_before_there_were_several_has_no_microphone(
    tmp_path: Path, make_recording: Make
) -> None:
    path = tmp_path / "metadata.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        for step in MIGRATIONS[:4]:
            step(connection)
        connection.execute("PRAGMA user_version = 4")
        connection.execute(
            "INSERT INTO deployment (id, name, started_on) VALUES (x'01', 'wood', ?)",
            (START.isoformat(),),
        )
        connection.execute(
            "INSERT INTO recording (id, datetime, duration_s, samplerate_hz, deployment_id)"
            " VALUES (zeroblob(16), ?, 3, 48000, x'01')",
            (START.isoformat(),),
        )
        connection.execute(
            "INSERT INTO effort VALUES (x'01', ?, ?, 'paused', '', 0, 'unknown')",
            (START.isoformat(), (START + MINUTE).isoformat()),
        )
    store = SqliteStore(path)
    store.store_recording(make_recording(1))
    assert find_microphones(path) == [""]
    assert path.with_name("metadata.db.bak-v4").exists()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT microphone FROM effort").fetchall() == [("",)]
    store.close()


def test_the_newest_of_a_microphone_is_found_without_a_look_at_the_others(
    store: SqliteStore, make_recording: Make
) -> None:
    store.store_recording(make_recording())
    with closing(sqlite3.connect(store.db_path)) as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT datetime, duration_s FROM recording "
            "WHERE microphone = 'bats' AND datetime <= '2026' ORDER BY datetime DESC LIMIT 1"
        ).fetchall()
    assert "idx_recording_microphone" in plan[0][-1]
    assert not any("TEMP B-TREE" in step[-1] for step in plan)
