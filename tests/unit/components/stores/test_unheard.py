import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from acoupi.components.stores import SqliteStore
from acoupi.components.stores.sqlite.effort import Noted, read_effort
from acoupi.components.stores.sqlite.glance import glance_at_store
from acoupi.components.stores.sqlite.listing import Selection, list_recordings
from acoupi.components.types import FILE_IS_GONE, NOT_KEPT_UP
from acoupi.data import Deployment, EffortState, Recording
from acoupi.data.account import account

START = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)
LENGTH = dt.timedelta(seconds=15)
LEFT = f"{NOT_KEPT_UP}: the oldest were left"
FOLDER = Path("/audio")

MakeRecording = Callable[..., Recording]
Ending = tuple[Literal["done", "skipped", "failed"], str] | None

HEARD: list[Ending] = [None, ("done", ""), ("skipped", ""), ("skipped", "Gate said no")]
UNHEARD: list[Ending] = [("skipped", LEFT), ("failed", "ValueError: /audio/1.wav: no sound")]


def end(store: SqliteStore, recording: Recording, ending: Ending) -> None:
    store.store_recording(recording)
    if ending is not None:
        store.end_processing(recording, *ending)


def seconds_of(noted: Noted, state: EffortState) -> float:
    start, stop = noted.deployment.started_on, noted.deployment.started_on + dt.timedelta(days=1)
    stretches = account(start, stop, noted.spans, [*noted.recorded, *noted.unheard])
    lengths = (each.length for each in stretches if each.state is state)
    return sum(lengths, dt.timedelta()).total_seconds()


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from([*HEARD, *UNHEARD]), max_size=12))
def test_what_was_recorded_is_either_heard_or_unheard_and_a_retry_makes_it_heard(
    tmp_path_factory: pytest.TempPathFactory, endings: list[Ending]
) -> None:
    db_path = tmp_path_factory.mktemp("store") / "metadata.db"
    store, stay = SqliteStore(db_path), Deployment(name="wood", started_on=START)
    store.store_deployment(stay)
    for n, ending in enumerate(endings):
        made = Recording(
            created_on=START + n * LENGTH,
            duration=LENGTH.total_seconds(),
            samplerate=8000,
            deployment=stay,
            path=FOLDER / f"{n}.wav",
        )
        end(store, made, ending)
    n_unheard = sum(ending in UNHEARD for ending in endings)
    (noted,) = read_effort(db_path)
    assert seconds_of(noted, EffortState.UNHEARD) == 15 * n_unheard
    assert seconds_of(noted, EffortState.RECORDED) == 15 * (len(endings) - n_unheard)
    assert store.retry_failed() == n_unheard
    (noted,) = read_effort(db_path)
    assert seconds_of(noted, EffortState.UNHEARD) == 0
    assert seconds_of(noted, EffortState.RECORDED) == 15 * len(endings)
    store.close()


def test_the_account_says_why_in_a_few_words(
    store: SqliteStore, db_path: Path, make_recording: MakeRecording
) -> None:
    for minute, ending in enumerate([*UNHEARD, ("failed", FILE_IS_GONE)]):
        end(store, make_recording(minute), ending)
    (noted,) = read_effort(db_path)
    assert [each.unheard for each in noted.unheard] == [
        LEFT,
        "set aside: ValueError",
        f"set aside: {FILE_IS_GONE}",
    ]


def test_what_was_unheard_is_found_by_time_and_microphone(
    store: SqliteStore, db_path: Path, make_recording: MakeRecording
) -> None:
    for minute in range(4):
        end(store, make_recording(minute, microphone="bats"), ("skipped", LEFT))
    end(store, make_recording(9, microphone="birds"), ("done", ""))
    bats, birds = read_effort(db_path, until=START + dt.timedelta(minutes=2))
    assert [each.started_on for each in bats.unheard] == [
        START,
        START + dt.timedelta(minutes=1),
    ]
    assert birds.unheard == []


def test_why_nobody_heard_a_recording_is_told_of_that_one_only(
    store: SqliteStore, make_recording: MakeRecording
) -> None:
    left, failed, refused = (make_recording(minute) for minute in range(3))
    end(store, left, ("skipped", LEFT))
    end(store, failed, ("failed", "no sound"))
    end(store, refused, ("skipped", "Gate said no"))
    assert [store.get_unheard(each) for each in (left, failed, refused)] == [
        LEFT,
        "no sound",
        None,
    ]
    assert store.get_failure(left) is None


def test_recordings_that_were_left_are_listed_with_the_reason_kept_or_not(
    store: SqliteStore, db_path: Path, make_recording: MakeRecording
) -> None:
    for minute, path in enumerate([Path("/kept/1.wav"), None]):
        end(store, make_recording(minute, path=path), ("skipped", LEFT))
    end(store, make_recording(2), ("skipped", "Gate said no"))
    found = list_recordings(db_path, FOLDER, Selection(), "unheard")
    assert [(line.path, line.reason) for line in found] == [
        (Path("/kept/1.wav"), LEFT),
        (None, LEFT),
    ]
    assert glance_at_store(db_path, FOLDER).n_unheard == 2


def test_the_sound_that_waits_is_what_the_sensor_has_not_come_to(
    store: SqliteStore, make_recording: MakeRecording
) -> None:
    end(store, make_recording(3), None)
    end(store, make_recording(0), None)
    end(store, make_recording(1), ("done", ""))
    end(store, make_recording(2, path=Path("/kept/2.wav")), None)
    assert store.get_waiting_sound(FOLDER) == [
        (START, 3.0),
        (START + dt.timedelta(minutes=3), 3.0),
    ]


def test_what_somebody_asked_for_again_waits_and_is_no_sign_of_falling_behind(
    store: SqliteStore, make_recording: MakeRecording
) -> None:
    recording = make_recording(0)
    end(store, recording, ("skipped", LEFT))
    assert not store.is_asked_for(recording)
    assert store.retry_failed([recording.id]) == 1
    assert store.is_asked_for(recording)
    assert store.get_waiting_sound(FOLDER) == []
    store.begin_processing(recording)
    assert store.is_asked_for(recording)
    store.end_processing(recording, "done")
    assert not store.is_asked_for(recording)
