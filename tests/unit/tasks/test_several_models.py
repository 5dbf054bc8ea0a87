"""Several models hear one recording."""

from uuid import uuid5

import pytest
from hypothesis import given, settings, strategies as st
from power_cuts import PowerCutError

from acoupi.components.message_factories import FullModelOutputMessageBuilder
from acoupi.components.message_stores import SqliteMessageStore
from acoupi.components.output_cleaners import ThresholdDetectionCleaner
from acoupi.components.stores import SqliteStore
from acoupi.components.types import MAX_INTERRUPTIONS, Model
from acoupi.data import Deployment, Detection, ModelOutput, Recording
from acoupi.tasks import generate_detection_task
from acoupi.tasks.detection import MAX_ATTEMPTS
from acoupi.testing import Answer, FakeModel, FakeRecorder


class Listener(FakeModel):
    """Finds one thing, after as many failures as it is told."""

    def __init__(self, name: str, score: float = 0.9, failures: int = 0) -> None:
        super().__init__([Detection(detection_score=score)], self.fail)
        self.name = name
        self.failures = failures

    def fail(self, recording: Recording) -> None:
        if len(self.runs) <= self.failures:
            raise RuntimeError(f"{self.name} fell over")


class NotInstalled(Model):
    """Cannot even say its name."""

    @property
    def name(self) -> str:  # type: ignore[override]
        raise RuntimeError("it is not installed")

    def run(self, recording: Recording) -> ModelOutput:
        raise AssertionError


def names(store: SqliteStore, recording: Recording) -> list[str]:
    return sorted(output.name_model for output in store.get_recording_model_outputs(recording))


def test_each_output_is_stored_and_sent_by_itself(
    store: SqliteStore, message_store: SqliteMessageStore, recording: Recording
) -> None:
    generate_detection_task(
        store,
        Listener("birds"),
        message_store,
        output_cleaners=[ThresholdDetectionCleaner(0.5)],
        message_factories=[FullModelOutputMessageBuilder()],
        further_models=[Listener("bats", score=0.1), Listener("frogs")],
    )(recording)
    outputs = store.get_recording_model_outputs(recording)
    found = {output.name_model: len(output.detections) for output in outputs}
    assert found == {"birds": 1, "bats": 0, "frogs": 1}
    sent = {message.id for message in message_store.get_unsent_messages()}
    assert sent == {uuid5(output.id, "0") for output in outputs}
    assert store.is_processed(recording)


@pytest.mark.parametrize("failing", [0, 1])
def test_one_that_fails_is_no_fault_of_the_others_and_the_retry_is_its_own(
    store: SqliteStore, message_store: SqliteMessageStore, recording: Recording, failing: int
) -> None:
    models = [Listener("birds"), Listener("bats")]
    models[failing].failures = 1
    retries: list[int] = []
    task = generate_detection_task(
        store,
        models[0],
        message_store,
        message_factories=[FullModelOutputMessageBuilder()],
        retry_later=lambda recording, attempt: retries.append(attempt),
        further_models=models[1:],
    )
    task(recording)
    assert names(store, recording) == [models[1 - failing].name]
    assert retries == [1]
    assert not store.is_processed(recording)
    assert len(message_store.get_unsent_messages()) == 1
    task(recording)
    assert [len(model.runs) for model in models] == ([2, 1] if failing == 0 else [1, 2])
    assert names(store, recording) == ["bats", "birds"]
    assert len(message_store.get_unsent_messages()) == 2
    assert store.is_processed(recording)
    assert store.get_failure(recording) is None


def test_one_that_never_answers_is_named_in_the_reason(
    store: SqliteStore, message_store: SqliteMessageStore, recording: Recording
) -> None:
    bats = Listener("bats", failures=100)
    task = generate_detection_task(
        store, bats, message_store, further_models=[Listener("birds"), NotInstalled()]
    )
    for _ in range(MAX_ATTEMPTS + 1):
        task(recording)
    assert names(store, recording) == ["birds"]
    assert len(bats.runs) == MAX_ATTEMPTS
    reasons = {
        "bats: RuntimeError: bats fell over",
        "a model cannot be opened: RuntimeError: it is not installed",
    }
    assert set(str(store.get_failure(recording)).split("; ")) == reasons


@pytest.mark.parametrize("deadly", [0, 1, 2])
def test_one_that_brings_its_process_down_keeps_no_other_from_being_heard(
    store: SqliteStore, message_store: SqliteMessageStore, recording: Recording, deadly: int
) -> None:
    def crash(recording: Recording) -> None:
        raise PowerCutError

    models = [Listener("birds"), Listener("bats"), Listener("frogs")]
    models[deadly].failing = crash
    task = generate_detection_task(store, models[0], message_store, further_models=models[1:])
    for _ in range(MAX_INTERRUPTIONS):
        with pytest.raises(PowerCutError):
            task(recording)
    task(recording)
    others = sorted(model.name for n, model in enumerate(models) if n != deadly)
    assert names(store, recording) == others
    assert "interrupted 5 times" in str(store.get_failure(recording))


def test_two_of_one_name_are_not_taken_for_one_another(
    store: SqliteStore, message_store: SqliteMessageStore, recording: Recording
) -> None:
    task = generate_detection_task(
        store, Listener("bats"), message_store, further_models=[Listener("bats")]
    )
    for _ in range(MAX_ATTEMPTS):
        task(recording)
    assert names(store, recording) == ["bats"]
    assert "two models are called bats" in str(store.get_failure(recording))


def test_filters_are_asked_once_for_all_and_not_again_for_the_rest(
    store: SqliteStore, message_store: SqliteMessageStore, recording: Recording
) -> None:
    allowed = [True, False]
    gate = Answer(True)
    gate.should_process_recording = lambda recording: allowed.pop(0)  # type: ignore[method-assign]
    models = [Listener("birds"), Listener("bats", failures=1)]
    task = generate_detection_task(
        store,
        models[0],
        message_store,
        processing_filters=[gate],
        further_models=models[1:],
    )
    task(recording)
    task(recording)
    assert allowed == [False]
    assert names(store, recording) == ["bats", "birds"]


@settings(max_examples=30)
@given(failures=st.lists(st.integers(0, MAX_ATTEMPTS + 1), min_size=1, max_size=4))
def test_all_that_can_answer_do_once_whoever_else_fails(
    failures: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("several")
    store = SqliteStore(folder / "metadata.db")
    message_store = SqliteMessageStore(folder / "messages.db")
    recording = FakeRecorder(folder).record(Deployment(name="wood"))
    store.store_recording(recording)
    models = [Listener(f"m{n}", failures=times) for n, times in enumerate(failures)]
    task = generate_detection_task(
        store,
        models[0],
        message_store,
        message_factories=[FullModelOutputMessageBuilder()],
        further_models=models[1:],
    )
    for _ in range(MAX_ATTEMPTS + 1):
        task(recording)
    assert store.is_processed(recording)
    able = [model for model in models if model.failures < MAX_ATTEMPTS]
    assert names(store, recording) == [model.name for model in able]
    assert (store.get_failure(recording) is None) == (len(able) == len(models))
    assert len(message_store.get_unsent_messages()) == len(able)
    runs = [min(model.failures + 1, MAX_ATTEMPTS) for model in models]
    assert [len(model.runs) for model in models] == runs
    store.close()
    message_store.close()
