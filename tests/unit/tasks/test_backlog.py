"""What is heard and what is left while too much sound waits."""

import datetime as dt
import logging
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, strategies as st

from acoupi.components.message_stores import SqliteMessageStore
from acoupi.components.saving_managers import DateFileManager
from acoupi.components.stores import SqliteStore
from acoupi.components.types import NOT_KEPT_UP
from acoupi.data import Deployment, Recording
from acoupi.tasks import generate_detection_task, generate_file_management_task
from acoupi.tasks.backlog import (
    LOOK_AGAIN_S,
    Backlog,
    KeepUp,
    Leave,
    is_in_turn,
    one_of,
    skip_oldest,
    thin_out,
)
from acoupi.testing import Answer, FakeModel, FakeRecorder

START = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)
PERIOD_S = 10.0
LENGTH_S = 4.0


def instant(number: float) -> dt.datetime:
    return START + dt.timedelta(seconds=PERIOD_S * number)


class Clock:
    """Stands still until it is set."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class CountingStore(SqliteStore):
    """Counts how often it is asked what waits."""

    n_asked = 0

    def get_waiting_sound(self, folder: Path) -> list[tuple[dt.datetime, float]]:
        self.n_asked += 1
        return super().get_waiting_sound(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "waiting"


@pytest.fixture
def store(tmp_path: Path) -> CountingStore:
    return CountingStore(tmp_path / "metadata.db")


@pytest.fixture
def wait(
    store: SqliteStore, deployment: Deployment, folder: Path
) -> Callable[[int], list[Recording]]:
    """Let a number of recordings wait, oldest first."""

    def wait(count: int) -> list[Recording]:
        recorder = FakeRecorder(folder, LENGTH_S)
        made = [
            recorder.record(deployment).model_copy(update={"created_on": instant(n)})
            for n in range(count)
        ]
        for recording in made:
            store.store_recording(recording)
        return made

    return wait


def keep_up(store: SqliteStore, folder: Path, most: float, leave: Leave = skip_oldest) -> KeepUp:
    """Make a filter that lets the sound of some recordings wait, and looks each time."""
    clock = Clock()

    def later_s() -> float:
        clock.now_s += LOOK_AGAIN_S
        return clock.now_s

    return KeepUp(store, Backlog(store, folder, later_s), most * LENGTH_S, leave)


def process(
    keep_up: KeepUp,
    store: SqliteStore,
    message_store: SqliteMessageStore,
    recordings: Sequence[Recording],
) -> list[int]:
    """Let the detection task have all recordings, and return which the model heard."""
    model = FakeModel()
    task = generate_detection_task(store, model, message_store, processing_filters=[keep_up])
    for recording in recordings:
        task(recording)
    heard = {recording.id for recording in model.runs}
    return [n for n, recording in enumerate(recordings) if recording.id in heard]


Wait = Callable[[int], list[Recording]]


def test_the_oldest_are_left_until_what_waits_fits(
    store: CountingStore, message_store: SqliteMessageStore, folder: Path, wait: Wait
) -> None:
    recordings = wait(10)
    heard = process(keep_up(store, folder, 3), store, message_store, recordings)
    assert heard == [6, 7, 8, 9]
    assert store.get_unheard(recordings[0]) == f"{NOT_KEPT_UP}: the oldest were left"
    assert store.get_unheard(recordings[9]) is None


def test_all_is_heard_while_what_waits_fits(
    store: CountingStore, message_store: SqliteMessageStore, folder: Path, wait: Wait
) -> None:
    assert process(keep_up(store, folder, 3), store, message_store, wait(4)) == [0, 1, 2, 3]


def test_half_is_heard_of_what_is_too_much_and_a_quarter_of_what_is_twice_too_much(
    store: CountingStore, message_store: SqliteMessageStore, folder: Path, wait: Wait
) -> None:
    recordings = wait(32)
    thinned = keep_up(store, folder, 8, thin_out(PERIOD_S))
    heard = process(thinned, store, message_store, recordings)
    # Of the first 15, more than 16 newer ones wait; of the next 8, more than 8.
    assert heard == [*range(0, 15, 4), *range(16, 23, 2), *range(23, 32)]
    reasons = [store.get_unheard(recordings[n]) for n in (1, 15, 17, 31)]
    assert reasons == [
        f"{NOT_KEPT_UP}: 1 of 4 was heard",
        f"{NOT_KEPT_UP}: 1 of 2 was heard",
        f"{NOT_KEPT_UP}: 1 of 2 was heard",
        None,
    ]


@given(
    offset_s=st.floats(-1e6, 1e6),
    jitter_s=st.lists(st.floats(-0.2, 0.2), min_size=64, max_size=64),
    power=st.integers(1, 4),
)
def test_what_is_heard_lies_evenly_and_is_heard_also_where_more_is(
    offset_s: float, jitter_s: list[float], power: int
) -> None:
    count = 2**power
    first = math.floor((START.timestamp() + offset_s) / PERIOD_S)
    instants = [
        dt.datetime.fromtimestamp((first + n) * PERIOD_S + late_s, dt.UTC)
        for n, late_s in enumerate(jitter_s)
    ]
    heard = [n for n, each in enumerate(instants) if is_in_turn(each, PERIOD_S, count)]
    assert len(heard) == 64 // count
    assert {later - earlier for earlier, later in pairwise(heard)} == {count}
    assert all(is_in_turn(instants[n], PERIOD_S, count // 2) for n in heard)


@pytest.mark.parametrize(
    ("excess", "count"), [(1.01, 2), (2, 2), (2.01, 4), (4, 4), (7, 8), (1e9, 1024)]
)
def test_the_more_waits_the_fewer_are_heard(excess: float, count: int) -> None:
    assert one_of(excess) == count


def test_what_somebody_asked_for_again_is_heard_whatever_waits(
    store: CountingStore, message_store: SqliteMessageStore, folder: Path, wait: Wait
) -> None:
    recordings = wait(10)
    assert process(keep_up(store, folder, 3), store, message_store, recordings[:5]) == []
    assert store.retry_failed([recordings[2].id]) == 1
    assert process(keep_up(store, folder, 3), store, message_store, recordings[:5]) == [2]


def test_a_store_is_asked_now_and_then_and_not_for_each_recording(
    store: CountingStore, folder: Path, wait: Wait
) -> None:
    recordings, clock = wait(10), Clock()
    backlog = Backlog(store, folder, clock)
    assert [backlog.newer_s(each) for each in recordings[:3]] == [
        9 * LENGTH_S,
        8 * LENGTH_S,
        7 * LENGTH_S,
    ]
    assert store.n_asked == 1
    store.end_processing(recordings[9], "done")
    clock.now_s = LOOK_AGAIN_S
    assert backlog.newer_s(recordings[0]) == 8 * LENGTH_S
    assert store.n_asked == 2


def test_a_recording_that_is_newer_than_all_that_is_known_is_looked_for(
    store: CountingStore, folder: Path, wait: Wait
) -> None:
    recordings, clock = wait(10), Clock()
    for recording in recordings[1:]:
        store.end_processing(recording, "done")
    backlog = Backlog(store, folder, clock)
    assert backlog.newer_s(recordings[0]) == 0
    late = recordings[9].model_copy(update={"id": uuid4(), "created_on": instant(10)})
    later = recordings[9].model_copy(update={"id": uuid4(), "created_on": instant(11)})
    for recording in (late, later):
        store.store_recording(recording)
    assert backlog.newer_s(late) == LENGTH_S


def test_it_is_said_once_that_it_falls_behind_and_once_that_it_is_over(
    store: CountingStore, folder: Path, wait: Wait, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    chosen = keep_up(store, folder, 3)
    for recording in wait(10):
        chosen.should_process_recording(recording)
    assert [record.getMessage() for record in caplog.records] == [
        "1 min of sound wait: some is left unheard",
        "all recordings are heard again",
    ]


@pytest.mark.parametrize(("keep_unheard", "n_kept"), [(True, 6), (False, 0)])
def test_files_that_nobody_heard_are_kept_if_wanted(
    store: CountingStore,
    message_store: SqliteMessageStore,
    folder: Path,
    tmp_path: Path,
    wait: Wait,
    keep_unheard: bool,
    n_kept: int,
) -> None:
    process(keep_up(store, folder, 3), store, message_store, wait(10))
    generate_file_management_task(
        store,
        [DateFileManager(tmp_path / "kept")],
        file_filters=[Answer(False)],
        tmp_path=folder,
        keep_unheard=keep_unheard,
    )()
    assert len(list((tmp_path / "kept").rglob("*.wav"))) == n_kept
    assert list(folder.glob("*.wav")) == []
