from collections.abc import Callable
from typing import Literal

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.data import ModelOutput, Recording


def test_attempts_are_counted(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    recording = make_recording()
    store.store_recording(recording)

    assert [store.begin_processing(recording) for _ in range(3)] == [1, 2, 3]


def test_an_attempt_that_was_cut_off_is_found_again(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    recording = make_recording()
    store.begin_processing(recording)

    assert not store.is_processed(recording)
    assert store.get_unprocessed_recordings() == [recording]


@pytest.mark.parametrize("state", ["done", "skipped", "failed"])
def test_processing_ends_one_way_or_another(
    store: SqliteStore,
    make_recording: Callable[..., Recording],
    state: Literal["done", "skipped", "failed"],
) -> None:
    recording = make_recording()
    store.begin_processing(recording)

    store.end_processing(recording, state)

    assert store.is_processed(recording)
    assert store.get_unprocessed_recordings() == []


def test_what_was_given_up_tells_why_and_the_rest_does_not(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    failed, skipped, new = (make_recording(minute) for minute in range(3))
    store.end_processing(failed, "failed", "the file is not a WAV")
    store.end_processing(skipped, "skipped", "too quiet")

    assert store.get_failure(failed) == "the file is not a WAV"
    assert store.get_failure(skipped) is None
    assert store.get_failure(new) is None


def test_another_attempt_does_not_undo_an_end(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    recording = make_recording()
    store.end_processing(recording, "failed", "broken")

    assert store.begin_processing(recording) == 1
    assert store.get_failure(recording) == "broken"

    store.end_processing(recording, "done")
    assert store.get_failure(recording) is None


def test_unprocessed_recordings_come_oldest_first_and_at_most_as_many_as_asked_for(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    recordings = [make_recording(minute) for minute in range(4)]
    for recording in reversed(recordings):
        store.store_recording(recording)
    store.end_processing(recordings[1], "done")

    assert store.get_unprocessed_recordings(limit=2) == [recordings[0], recordings[2]]


def test_a_recording_without_a_file_waits_for_nothing(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    store.store_recording(make_recording(path=None))

    assert store.get_unprocessed_recordings() == []


def test_a_stored_output_alone_is_not_the_end(
    store: SqliteStore, make_output: Callable[..., ModelOutput]
) -> None:
    output = make_output()
    store.store_model_output(output)

    assert store.get_unprocessed_recordings() == [output.recording]
