import contextlib
import datetime as dt
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from uuid import uuid5

import pytest
from hypothesis import given, settings, strategies as st
from power_cuts import PowerCutError

from acoupi._clock import utc_now
from acoupi.components.message_factories import FullModelOutputMessageBuilder
from acoupi.components.message_stores import SqliteMessageStore
from acoupi.components.output_cleaners import ThresholdDetectionCleaner
from acoupi.components.stores import SqliteStore
from acoupi.components.types import MAX_INTERRUPTIONS
from acoupi.data import Deployment, Detection, Message, ModelOutput, Recording
from acoupi.errors import MessageStoreError
from acoupi.programs.templates.late_models import LateModel
from acoupi.tasks import generate_detection_task
from acoupi.tasks.detection import MAX_ATTEMPTS
from acoupi.testing import Answer, FakeModel, FakeRecorder


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


def test_what_is_stored_says_which_build_of_a_model_it_is_from_also_if_that_is_built_late(
    store: SqliteStore, message_store: SqliteMessageStore, recording: Recording
) -> None:
    model = FakeModel()
    model.version, model.sha256 = "3b", "abc"
    generate_detection_task(store, LateModel(lambda: model), message_store)(recording)
    [output] = outputs_of(store, recording)
    assert (output.model_version, output.model_hash) == ("3b", "abc")


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
    with contextlib.closing(sqlite3.connect(store.db_path)) as connection:
        assert connection.execute("SELECT state, reason FROM processing").fetchall() == [
            ("skipped", "Answer said no")
        ]


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


class CuttingStore(SqliteStore):
    """Cuts the power at a chosen write, before it or right after."""

    def __init__(self, db_path: Path) -> None:
        super().__init__(db_path)
        self.cut_at: int | None = None

    def set_cut(self, cut_at: int | None) -> None:
        self.cut_at = cut_at

    def begin_processing(self, recording: Recording) -> int:
        self.pass_by()
        attempt = super().begin_processing(recording)
        self.pass_by()
        return attempt

    def store_model_outputs(self, model_outputs: list[ModelOutput]) -> None:
        self.pass_by()
        super().store_model_outputs(model_outputs)
        self.pass_by()

    def end_processing(
        self, recording: Recording, state: Literal["done", "skipped", "failed"], reason: str = ""
    ) -> None:
        self.pass_by()
        super().end_processing(recording, state, reason)
        self.pass_by()

    def pass_by(self) -> None:
        if self.cut_at is not None:
            self.cut_at -= 1
            if self.cut_at < 0:
                raise PowerCutError


@settings(max_examples=30)
@given(cuts=st.lists(st.integers(0, 5), max_size=MAX_INTERRUPTIONS - 1))
def test_whatever_is_cut_a_recording_ends_with_one_output_and_each_message_once(
    cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    store, message_store = (
        CuttingStore(folder / "metadata.db"),
        SqliteMessageStore(folder / "messages.db"),
    )
    recording = FakeRecorder(folder).record(Deployment(name="wood"))
    store.store_recording(recording)
    builders = [FullModelOutputMessageBuilder(), FullModelOutputMessageBuilder()]
    task = generate_detection_task(
        store, FakeModel([Detection()]), message_store, message_factories=builders
    )
    for cut in [*cuts, None]:
        store.set_cut(cut)
        with contextlib.suppress(PowerCutError):
            task(recording)
    store.set_cut(None)
    task(recording)
    assert store.is_processed(recording)
    assert store.get_failure(recording) is None
    [output] = outputs_of(store, recording)
    sent = [message.id for message in message_store.get_unsent_messages()]
    assert sent == [uuid5(output.id, "0"), uuid5(output.id, "1")]
    store.close()
    message_store.close()


def test_two_threads_given_the_same_recording_process_it_once(
    store: SqliteStore, message_store: SqliteMessageStore, recording: Recording
) -> None:
    began, go_on = threading.Event(), threading.Event()

    def work(_: Recording) -> None:
        began.set()
        go_on.wait(20)

    model = FakeModel(failing=work)
    task = generate_detection_task(store, model, message_store)
    thread = threading.Thread(target=task, args=(recording,))
    thread.start()
    began.wait(20)
    task(recording)
    go_on.set()
    thread.join()
    assert len(model.runs) == 1
    assert store.is_processed(recording)


def test_a_recording_that_always_fails_holds_up_none_behind_it(
    store: SqliteStore,
    message_store: SqliteMessageStore,
    deployment: Deployment,
    tmp_path: Path,
) -> None:
    recorder = FakeRecorder(tmp_path)
    poison, *others = [recorder.record(deployment) for _ in range(4)]
    for each in (poison, *others):
        store.store_recording(each)

    def fail(recording: Recording) -> None:
        if recording.id == poison.id:
            raise RuntimeError("the model fell over")

    queue = [poison, *others]
    task = generate_detection_task(
        store,
        FakeModel(failing=fail),
        message_store,
        retry_later=lambda recording, attempt: queue.append(recording),
    )
    for each in queue:
        task(each)
    assert queue[4:] == [poison, poison]
    assert all(store.get_failure(each) is None for each in others)
    assert store.get_failure(poison) == "RuntimeError: the model fell over"
    assert all(store.is_processed(each) for each in queue)


class FullMessageStore(SqliteMessageStore):
    """Refuses messages for a reason."""

    reason: Exception | None = None

    def store_message(self, message: Message) -> None:
        if self.reason is not None:
            raise MessageStoreError("the message cannot be stored") from self.reason
        super().store_message(message)


@pytest.mark.parametrize("reason", [OSError("no space"), sqlite3.OperationalError("full")])
def test_a_full_disk_is_no_fault_of_the_recording(
    store: SqliteStore, recording: Recording, tmp_path: Path, reason: Exception
) -> None:
    messages = FullMessageStore(tmp_path / "full.db")
    builder = FullModelOutputMessageBuilder()
    task = generate_detection_task(store, FakeModel(), messages, message_factories=[builder])
    messages.reason = reason
    for _ in range(MAX_ATTEMPTS + MAX_INTERRUPTIONS + 1):
        task(recording)
    assert not store.is_processed(recording)
    assert store.get_due_recordings(utc_now()) == []
    assert store.get_due_recordings(utc_now() + dt.timedelta(minutes=1)) == [recording]
    messages.reason = None
    task(recording)
    assert len(messages.get_unsent_messages()) == 1
    assert store.is_processed(recording)


def test_what_a_store_refuses_for_what_it_is_fails_for_good(
    store: SqliteStore, recording: Recording, tmp_path: Path
) -> None:
    messages = FullMessageStore(tmp_path / "full.db")
    messages.reason = sqlite3.IntegrityError("NOT NULL")
    builder = FullModelOutputMessageBuilder()
    task = generate_detection_task(store, FakeModel(), messages, message_factories=[builder])
    for _ in range(MAX_ATTEMPTS):
        task(recording)
    assert "MessageStoreError" in str(store.get_failure(recording))
