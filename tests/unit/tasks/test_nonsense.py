"""What models answer that makes no sense, and what becomes of the recording."""

from collections.abc import Callable
from pathlib import Path

import pytest

from acoupi.components.message_factories import FullModelOutputMessageBuilder
from acoupi.components.message_stores import SqliteMessageStore
from acoupi.components.saving_managers import IDFileManager
from acoupi.components.stores import SqliteStore
from acoupi.components.types import Model
from acoupi.data import Deployment, Detection, ModelOutput, PredictedTag, Recording, Tag
from acoupi.tasks import generate_detection_task, generate_file_management_task
from acoupi.tasks.detection import MAX_ATTEMPTS
from acoupi.tasks.management import ProcessingHasEnded
from acoupi.testing import Answer, FakeRecorder

NAN = float("nan")


def confident(recording: Recording, confidence: float) -> ModelOutput:
    detection = Detection(tags=[PredictedTag(Tag("species", "Apus apus"), confidence)])
    return ModelOutput(name_model="mad", recording=recording, detections=[detection])


def scored(recording: Recording, score: float) -> ModelOutput:
    return ModelOutput(
        name_model="mad", recording=recording, detections=[Detection(detection_score=score)]
    )


def of_other_shape(recording: Recording) -> ModelOutput:
    scores = [[0.1, 0.9]]
    [first, second, third] = scores[0]
    return scored(recording, first + second + third)


NONSENSE: dict[str, Callable[[Recording], object]] = {
    "its confidence in species Apus apus is nan": lambda r: confident(r, NAN),
    "its confidence in species Apus apus is 7": lambda r: confident(r, 7),
    "ValidationError": lambda r: scored(r, 1.5),
    "ValidationError: 1 validation error": lambda r: scored(r, NAN),
    "it returns NoneType instead of a ModelOutput": lambda r: None,
    "ValueError: not enough values to unpack": of_other_shape,
}


class Mad(Model):
    """Answers nonsense about some recordings."""

    name = "mad"

    def __init__(self, answer: Callable[[Recording], object]) -> None:
        self.answer = answer
        self.about: list[Recording] = []

    def run(self, recording: Recording) -> ModelOutput:
        if recording in self.about:
            return self.answer(recording)  # type: ignore[return-value]
        return scored(recording, 0.9)


@pytest.mark.parametrize("reason", NONSENSE)
def test_it_is_set_aside_with_its_reason_and_kept_and_the_others_go_on(
    store: SqliteStore, message_store: SqliteMessageStore, tmp_path: Path, reason: str
) -> None:
    deployment = Deployment(name="wood")
    store.store_deployment(deployment)
    recorder = FakeRecorder(tmp_path / "tmp")
    mad, fine = (recorder.record(deployment) for _ in range(2))
    model = Mad(NONSENSE[reason])
    model.about = [mad]
    task = generate_detection_task(
        store, model, message_store, message_factories=[FullModelOutputMessageBuilder()]
    )
    for recording in (mad, fine):
        store.store_recording(recording)
    for recording in [mad] * MAX_ATTEMPTS + [fine]:
        task(recording)
    assert reason in str(store.get_failure(mad))
    assert store.get_recording_model_outputs(mad) == []
    assert len(store.get_recording_model_outputs(fine)) == 1
    assert len(message_store.get_unsent_messages()) == 1

    generate_file_management_task(
        store,
        [IDFileManager(tmp_path / "kept")],
        file_filters=[Answer(False)],
        management_conditions=[ProcessingHasEnded(store)],
        tmp_path=tmp_path / "tmp",
    )()
    [kept] = (tmp_path / "kept").rglob("*.wav")
    assert str(mad.id) in kept.name
