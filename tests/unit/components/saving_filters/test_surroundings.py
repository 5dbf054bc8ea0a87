import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from acoupi.components.saving_filters import SavingSurroundings
from acoupi.components.stores import SqliteStore
from acoupi.components.types import RecordingSavingFilter
from acoupi.data import BoundingBox, Deployment, Detection, ModelOutput, Recording
from acoupi.errors import ParameterError
from acoupi.testing import SavingFilterContract

START = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)
WOOD = Deployment(name="wood", started_on=START)
MEADOW = Deployment(name="meadow", started_on=START)


class Book:
    """A store in memory that finds recordings by looking at each."""

    def __init__(self, outputs: list[ModelOutput], unprocessed: set[int] | None = None) -> None:
        self.outputs = outputs
        self.unprocessed = unprocessed or set()

    def get_recordings_between(
        self, since: dt.datetime, until: dt.datetime, deployment: Deployment
    ) -> list[tuple[Recording, list[ModelOutput]]]:
        return [
            (output.recording, [output])
            for output in self.outputs
            if output.recording.deployment == deployment
            and output.recording.created_on <= until
            and end_of(output.recording) >= since
        ]

    def is_processed(self, recording: Recording) -> bool:
        order = [output.recording.id for output in self.outputs]
        return order.index(recording.id) not in self.unprocessed


class Clocks:
    """Two clocks that are set by hand."""

    def __init__(self) -> None:
        self.instant = START
        self.monotonic_s = 0.0

    def now(self) -> dt.datetime:
        return self.instant

    def s(self) -> float:
        return self.monotonic_s


def end_of(recording: Recording) -> dt.datetime:
    return recording.created_on + dt.timedelta(seconds=recording.duration)


def recorded(
    at_s: float, *detections: Detection, duration_s: float = 3, deployment: Deployment = WOOD
) -> ModelOutput:
    recording = Recording(
        created_on=START + dt.timedelta(seconds=at_s),
        duration=duration_s,
        samplerate=8000,
        deployment=deployment,
    )
    return ModelOutput(name_model="any", recording=recording, detections=list(detections))


def heard(start_s: float, end_s: float, score: float = 0.9) -> Detection:
    box = BoundingBox.from_coordinates(start_s, 1000, end_s, 2000)
    return Detection(detection_score=score, location=box)


def wanted(outputs: list[ModelOutput], pre_s: float, post_s: float) -> list[bool]:
    book = Book(outputs)
    keep = SavingSurroundings(book, 0.5, pre_s, post_s)
    return [keep.should_save_recording(output.recording, [output]) for output in outputs]


def test_what_lies_before_and_after_a_detection_is_kept_with_it() -> None:
    joined = [recorded(3 * n) for n in range(8)]
    joined[4] = recorded(12, heard(1, 1.5))  # from 13 to 13.5 s
    assert wanted(joined, 0, 0) == [n == 4 for n in range(8)]
    assert wanted(joined, 2, 0) == [n in (3, 4) for n in range(8)]
    assert wanted(joined, 0, 2) == [n in (4, 5) for n in range(8)]
    assert wanted(joined, 5, 5) == [n in (2, 3, 4, 5, 6) for n in range(8)]


def test_a_detection_without_a_place_counts_for_its_whole_recording() -> None:
    joined = [recorded(3 * n) for n in range(5)]
    joined[2] = recorded(6, Detection(detection_score=0.9))
    assert wanted(joined, 1, 1) == [n in (1, 2, 3) for n in range(5)]


def test_what_is_not_believed_has_no_surroundings() -> None:
    joined = [recorded(0), recorded(3, heard(0, 3, score=0.4)), recorded(6)]
    assert wanted(joined, 10, 10) == [False, False, False]


def test_another_deployment_is_no_neighbour() -> None:
    there = recorded(3, heard(0, 3), deployment=MEADOW)
    assert wanted([recorded(0), there, recorded(6)], 10, 10) == [False, True, False]


@given(
    pauses_s=st.lists(st.floats(0, 20), min_size=1, max_size=8),
    found=st.lists(st.tuples(st.integers(0, 7), st.floats(0, 3), st.floats(0, 3)), max_size=4),
    pre_s=st.floats(0, 30),
    post_s=st.floats(0, 30),
)
@settings(max_examples=200, deadline=None)
def test_a_recording_is_kept_exactly_if_some_of_it_is_near_enough(
    pauses_s: list[float],
    found: list[tuple[int, float, float]],
    pre_s: float,
    post_s: float,
) -> None:
    starts_s = [sum(pauses_s[:n]) + 3 * n for n in range(len(pauses_s))]
    spans_s = [(n % len(starts_s), min(edges), max(edges)) for n, *edges in found]
    outputs = [
        recorded(at_s, *(heard(start, end) for n, start, end in spans_s if n == index))
        for index, at_s in enumerate(starts_s)
    ]
    slack_s = 1e-4  # what instants are rounded to
    for at_s, is_wanted in zip(starts_s, wanted(outputs, pre_s, post_s), strict=True):
        gaps = [
            max(starts_s[n] + start - pre_s - at_s - 3, at_s - starts_s[n] - end - post_s)
            for n, start, end in spans_s
        ]
        if is_wanted:
            assert any(gap <= slack_s for gap in gaps)
        else:
            assert all(gap >= -slack_s for gap in gaps)


def test_a_recording_waits_until_all_that_is_near_it_is_processed() -> None:
    clocks = Clocks()
    book = Book([recorded(0), recorded(3), recorded(6)], unprocessed={1})
    keep = SavingSurroundings(book, 0.5, 4, 4, now=clocks.now, clock_s=clocks.s)
    first = book.outputs[0].recording
    assert not keep.can_judge(first)
    book.unprocessed = set()
    assert keep.can_judge(first)


def test_what_comes_next_is_waited_for_as_long_as_it_can_take() -> None:
    clocks = Clocks()
    book = Book([recorded(0)])
    keep = SavingSurroundings(book, 0.5, 4, 4, patience_s=20, now=clocks.now, clock_s=clocks.s)
    first = book.outputs[0].recording
    clocks.instant = START + dt.timedelta(seconds=3 + 4 + 19)
    assert not keep.can_judge(first)
    book.outputs.append(recorded(3))  # up to 6 s: 7 s are wanted
    assert not keep.can_judge(first)
    book.outputs.append(recorded(6))
    assert keep.can_judge(first)
    book.outputs[1:] = []
    clocks.instant += dt.timedelta(seconds=1)
    assert keep.can_judge(first)


def test_without_a_pre_roll_nothing_that_is_to_come_is_waited_for() -> None:
    book = Book([recorded(0, heard(0, 3)), recorded(3)])
    keep = SavingSurroundings(book, 0.5, 0, 4, now=lambda: START)
    assert keep.can_judge(book.outputs[1].recording)


def test_nobody_waits_for_ever_and_what_is_unknown_is_kept() -> None:
    clocks = Clocks()
    book = Book([recorded(0), recorded(3)], unprocessed={1})
    keep = SavingSurroundings(
        book, 0.5, 4, 4, longest_wait_s=600, now=clocks.now, clock_s=clocks.s
    )
    first = book.outputs[0].recording
    assert not keep.can_judge(first)
    clocks.monotonic_s = 599
    clocks.instant -= dt.timedelta(days=900)
    assert not keep.can_judge(first)
    clocks.monotonic_s = 600
    assert keep.can_judge(first)
    assert keep.should_save_recording(first, [book.outputs[0]])


@pytest.mark.parametrize("rolls", [(-1, 0), (0, -1), (float("inf"), 0), (0, float("nan"))])
def test_surroundings_that_make_no_sense_are_refused(rolls: tuple[float, float]) -> None:
    with pytest.raises(ParameterError):
        SavingSurroundings(Book([]), 0.5, *rolls)


class TestSurroundingsContract(SavingFilterContract):
    def make_filter(self) -> RecordingSavingFilter:
        return SavingSurroundings(Book([]), 0.5, 5, 5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "metadata.db")
    yield store
    store.close()


@given(
    starts_s=st.lists(st.integers(0, 4000), min_size=1, max_size=12),
    duration_s=st.floats(0.1, 900),
    since_s=st.integers(0, 4000),
    length_s=st.integers(0, 60),
)
@settings(max_examples=30, deadline=None)
def test_a_store_finds_what_reaches_into_a_stretch(
    tmp_path_factory: pytest.TempPathFactory,
    starts_s: list[int],
    duration_s: float,
    since_s: int,
    length_s: int,
) -> None:
    store = SqliteStore(tmp_path_factory.mktemp("db") / "metadata.db")
    book = Book([recorded(at_s, heard(0, 0.1), duration_s=duration_s) for at_s in starts_s])
    elsewhere = recorded(since_s, duration_s=duration_s, deployment=MEADOW)
    store.store_model_outputs([*book.outputs, elsewhere])
    since = START + dt.timedelta(seconds=since_s)
    until = since + dt.timedelta(seconds=length_s)
    found = store.get_recordings_between(since, until, WOOD)
    expected = book.get_recordings_between(since, until, WOOD)
    assert {each.id for each, _ in found} == {each.id for each, _ in expected}
    assert [len(outputs[0].detections) for _, outputs in found] == [1] * len(found)
    store.close()


def test_a_neighbour_counts_also_when_its_file_is_not_kept(store: SqliteStore) -> None:
    outputs = [recorded(0), recorded(3, heard(0, 1))]
    store.store_model_outputs(outputs)
    for output in outputs:
        store.begin_processing(output.recording)
        store.end_processing(output.recording, "done")
    store.update_recording_path(outputs[1].recording, None)
    keep = SavingSurroundings(store, 0.5, 2, 2, now=lambda: START + dt.timedelta(hours=1))
    assert keep.can_judge(outputs[0].recording)
    assert keep.should_save_recording(outputs[0].recording, [outputs[0]])
