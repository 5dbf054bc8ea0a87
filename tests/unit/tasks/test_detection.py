from collections.abc import Callable
from pathlib import Path

import pytest

from acoupi.components.message_factories import FullModelOutputMessageBuilder
from acoupi.components.message_stores import SqliteMessageStore
from acoupi.components.output_cleaners import ThresholdDetectionCleaner
from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment, Detection, ModelOutput, Recording
from acoupi.tasks import generate_detection_task
from acoupi.tasks.detection import MAX_ATTEMPTS
from acoupi.testing import Answer, FakeModel, FakeRecorder


class PowerCutError(BaseException):
    """Ends a task where no handler sees it."""


@pytest.fixture
def recording(store: SqliteStore, deployment: Deployment, tmp_path: Path) -> Recording:
    recording = FakeRecorder(tmp_path).record(deployment)
    store.store_recording(recording)
    return recording


def outputs_of(store: SqliteStore, recording: Recording) -> list[ModelOutput]:
    return store.get_recording_model_outputs(recording)


def test_what_the_model_finds_is_cleaned_stored_and_queued(
    store: SqliteStore, message_store: SqliteMessageStore, recording: Recording
) -> None:
    model = FakeModel([Detection(detection_score=0.9), Detection(detection_score=0.1)])
    generate_detection_task(
        store,
        model,
        message_store,
        output_cleaners=[ThresholdDetectionCleaner(0.5)],
        message_factories=[FullModelOutputMessageBuilder()],
    )(recording)
    [output] = outputs_of(store, recording)
    assert [detection.detection_score for detection in output.detections] == [0.9]
    [message] = message_store.get_unsent_messages()
    assert ModelOutput.model_validate_json(message.content).id == output.id
    assert store.is_processed(recording)


def test_a_recording_that_comes_twice_is_processed_once(
    store: SqliteStore, message_store: SqliteMessageStore, recording: Recording
) -> None:
    model = FakeModel()
    task = generate_detection_task(
        store, model, message_store, message_factories=[FullModelOutputMessageBuilder()]
    )
    task(recording)
    task(recording)
    assert len(model.runs) == len(outputs_of(store, recording)) == 1
    assert len(message_store.get_unsent_messages()) == 1


def test_a_cut_after_the_output_was_stored_neither_runs_the_model_nor_sends_twice(
    store: SqliteStore,
    message_store: SqliteMessageStore,
    recording: Recording,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = FakeModel([Detection()])
    task = generate_detection_task(
        store, model, message_store, message_factories=[FullModelOutputMessageBuilder()]
    )

    def cut(*args: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "end_processing", cut)
        with pytest.raises(PowerCutError):
            task(recording)
    sent_before = message_store.get_unsent_messages()
    task(recording)
    assert len(model.runs) == 1
    assert message_store.get_unsent_messages() == sent_before
    assert store.is_processed(recording)


def test_a_recording_that_a_filter_refuses_is_accounted_for_without_an_output(
    store: SqliteStore, message_store: SqliteMessageStore, recording: Recording
) -> None:
    model = FakeModel()
    generate_detection_task(
        store, model, message_store, processing_filters=[Answer(True), Answer(False)]
    )(recording)
    assert model.runs == []
    assert outputs_of(store, recording) == []
    assert store.is_processed(recording)
    assert store.get_failure(recording) is None


def failing_times(n: int) -> Callable[[Recording], None]:
    failures = iter(range(n))

    def fail(recording: Recording) -> None:
        if next(failures, None) is not None:
            raise RuntimeError("the model fell over")

    return fail


def test_a_failure_is_tried_again_later(
    store: SqliteStore, message_store: SqliteMessageStore, recording: Recording
) -> None:
    retries: list[int] = []
    task = generate_detection_task(
        store,
        FakeModel(failing=failing_times(1)),
        message_store,
        retry_later=lambda recording, attempt: retries.append(attempt),
    )
    task(recording)
    assert retries == [1]
    assert [r.id for r in store.get_unprocessed_recordings()] == [recording.id]
    task(recording)
    assert store.is_processed(recording)
    assert len(outputs_of(store, recording)) == 1


def test_what_always_fails_is_set_aside_with_its_reason(
    store: SqliteStore, message_store: SqliteMessageStore, recording: Recording
) -> None:
    model = FakeModel(failing=failing_times(100))
    task = generate_detection_task(store, model, message_store)
    for _ in range(MAX_ATTEMPTS + 2):
        task(recording)
    assert len(model.runs) == MAX_ATTEMPTS
    assert store.get_failure(recording) == "RuntimeError: the model fell over"
    assert store.get_unprocessed_recordings() == []
