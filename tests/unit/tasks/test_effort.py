import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acoupi.audio.loss import Lost
from acoupi.components.recording_conditions import IsInInterval
from acoupi.components.stores import SqliteStore
from acoupi.components.types import RecordingCondition
from acoupi.data import Deployment, EffortSpan, EffortState, Recording, TimeInterval
from acoupi.errors import MetadataStoreError, RecordingError
from acoupi.tasks import generate_recording_task
from acoupi.tasks.effort import MOST_UNWRITTEN, EffortNotes
from acoupi.tasks.rings import Reading
from acoupi.testing import Answer, FakeRecorder

START = dt.datetime(2026, 5, 1, 3, tzinfo=dt.UTC)
NEVER = IsInInterval(TimeInterval(start=dt.time(0), end=dt.time(0, 0, 0, 1)), dt.UTC)
LOGGER = logging.getLogger(__name__)


class Clocks:
    """All clocks of a computer on which time passes when we say so."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> Reading:
        wall = START + dt.timedelta(seconds=self.now_s)
        return Reading(wall, self.now_s, self.now_s, synchronised=True)


class FailingStore(SqliteStore):
    """Cannot note anything until it is mended."""

    broken = True

    def note(self, span: EffortSpan) -> None:
        if self.broken:
            raise MetadataStoreError("the disk is full")
        super().note(span)


def spans_of(store: SqliteStore) -> list[tuple[str, str, float]]:
    return [
        (span.state.value, span.reason, (span.ended_on - span.started_on).total_seconds())
        for span in store.get_spans()
    ]


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def ring(store: SqliteStore, deployment: Deployment, clocks: Clocks) -> Callable[..., EffortNotes]:
    """Return what rings once, takes a second, and waits for nine."""
    notes = EffortNotes(store, 10, LOGGER, clocks)

    def ring(say: Callable[[EffortNotes], Any], wait_s: float = 9, lost: Any = ()) -> EffortNotes:
        notes.begin()
        notes.belongs_to(deployment)
        say(notes)
        clocks.now_s += 1
        notes.end(lost)
        clocks.now_s += wait_s
        return notes

    return ring


def refuse(condition: RecordingCondition) -> Callable[[EffortNotes], None]:
    return lambda notes: notes.refused(condition)


def record(duration_s: float, deployment: Deployment) -> Callable[[EffortNotes], None]:
    recording = Recording(duration=duration_s, samplerate=8000, deployment=deployment)
    return lambda notes: notes.recorded(recording)


def test_a_season_in_its_rhythm_is_one_span(
    ring: Callable[..., EffortNotes], store: SqliteStore, deployment: Deployment
) -> None:
    for _ in range(5):
        ring(record(1, deployment))
    assert spans_of(store) == [("paused", "", 41)]


def test_a_gap_is_overload_where_there_should_be_none(
    ring: Callable[..., EffortNotes], store: SqliteStore, deployment: Deployment
) -> None:
    ring(record(10, deployment))
    assert spans_of(store) == [("overload", "", 1)]


def test_refusals_are_told_apart(ring: Callable[..., EffortNotes], store: SqliteStore) -> None:
    ring(refuse(NEVER))
    ring(refuse(Answer(False)))
    ring(lambda notes: notes.failed(RecordingError("no sound\nfrom hw:1")))
    ring(lambda notes: notes.failed(MetadataStoreError("locked")))
    assert spans_of(store) == [
        ("not_scheduled", "", 10),
        ("condition", "Answer", 10),
        ("device_fault", "no sound", 10),
    ]


def test_a_ring_that_was_missed_is_overload(
    ring: Callable[..., EffortNotes], store: SqliteStore, deployment: Deployment
) -> None:
    ring(record(1, deployment), wait_s=29)
    ring(record(1, deployment))
    assert spans_of(store) == [("paused", "", 10), ("overload", "late", 20), ("paused", "", 1)]


def test_quiet_nights_write_seldom_and_lose_nothing(
    ring: Callable[..., EffortNotes], store: SqliteStore, clocks: Clocks
) -> None:
    written = [spans_of(store) for _ in range(13) if ring(refuse(NEVER))]
    assert len({str(each) for each in written}) == 3
    ring(refuse(Answer(False)))
    assert spans_of(store) == [("not_scheduled", "", 130), ("condition", "Answer", 1)]


def test_samples_that_were_lost_are_noted_with_the_reason(
    ring: Callable[..., EffortNotes], store: SqliteStore, deployment: Deployment
) -> None:
    second = dt.timedelta(seconds=1)
    lost = [
        Lost(START, START + second, 48_000, "overrun"),
        Lost(START + second, START + 2 * second, 48_000, "gone", "No such device"),
    ]
    ring(record(1, deployment), lost=lost)
    assert [
        (span.state, span.reason, span.lost_samples)
        for span in store.get_spans()
        if span.lost_samples
    ] == [
        (EffortState.DROPPED, "overrun", 48_000),
        (EffortState.DEVICE_FAULT, "gone: No such device", 48_000),
    ]


def test_what_cannot_be_written_is_written_later(
    tmp_path: Path, deployment: Deployment, clocks: Clocks, caplog: pytest.LogCaptureFixture
) -> None:
    store = FailingStore(tmp_path / "other.db")
    notes = EffortNotes(store, 10, LOGGER, clocks)
    for broken in (True, True, False):
        store.broken = broken
        notes.begin()
        notes.belongs_to(deployment)
        notes.refused(Answer(False))
        clocks.now_s += 61
        notes.end()
    assert spans_of(store) == [("condition", "Answer", 183)]
    assert "the effort cannot be noted yet: the disk is full" in caplog.text
    store.close()


def test_a_disk_that_stays_full_does_not_fill_the_memory(
    tmp_path: Path, deployment: Deployment, clocks: Clocks
) -> None:
    store = FailingStore(tmp_path / "other.db")
    notes = EffortNotes(store, 10, LOGGER, clocks)
    for number in range(MOST_UNWRITTEN + 10):
        notes.begin()
        notes.belongs_to(deployment)
        notes.failed(RecordingError(str(number)))
        clocks.now_s += 1
        notes.end()
    store.broken = False
    notes.begin()
    notes.end()
    assert len(store.get_spans()) == MOST_UNWRITTEN
    store.close()


def test_the_task_notes_what_it_does_and_lets_the_recorder_rest(
    store: SqliteStore, deployment: Deployment, tmp_path: Path
) -> None:
    recorder, answer = FakeRecorder(tmp_path), Answer(True)
    task = generate_recording_task(recorder, store, recording_conditions=[answer], interval_s=9)
    assert task() is not None
    answer.answer = False
    assert task() is None
    recorder.broken = answer.answer = True
    assert task() is None
    assert recorder.n_rests == 1
    states = [span.state for span in store.get_spans()]
    assert states == [EffortState.PAUSED, EffortState.CONDITION, EffortState.DEVICE_FAULT]


def test_the_task_asks_the_recorder_for_losses_even_after_a_fault(
    store: SqliteStore, deployment: Deployment, tmp_path: Path
) -> None:
    recorder = FakeRecorder(tmp_path, broken=True)
    recorder.lost = [Lost(START, START, 7, "missing")]
    assert generate_recording_task(recorder, store)() is None
    assert recorder.losses() == []
    assert sum(span.lost_samples for span in store.get_spans()) == 7


class SurprisingRecorder(FakeRecorder):
    def record(self, deployment: Deployment) -> Recording:
        raise ZeroDivisionError("a mistake")


def test_an_error_that_nobody_thought_of_is_noted_and_raised(
    store: SqliteStore, deployment: Deployment, tmp_path: Path
) -> None:
    with pytest.raises(ZeroDivisionError):
        generate_recording_task(SurprisingRecorder(tmp_path), store)()
    assert [(span.state, span.reason) for span in store.get_spans()] == [
        (EffortState.DEVICE_FAULT, "a mistake")
    ]
