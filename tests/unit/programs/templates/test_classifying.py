"""What programs with a classifier share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from acoupi.components.types import Model
from acoupi.data import Deployment, Detection, PredictedTag, Recording, Tag
from acoupi.programs.templates import ClassifierConfiguration, ClassifierProgram
from acoupi.testing import FakeModel
from acoupi.testing.sounds import write_calls, write_silence

UNSURE = Tag("species", "Turdus merula")


class Program(ClassifierProgram[ClassifierConfiguration]):
    """Hears a wren in everything, and is not sure what else."""

    config_schema = ClassifierConfiguration
    gate_preset = "audible"
    score = 0.6

    def configure_model(self, config: ClassifierConfiguration) -> Model:
        tags = [PredictedTag(Tag("species", "Troglodytes troglodytes"), 0.6)]
        found = Detection(detection_score=self.score, tags=[*tags, PredictedTag(UNSURE, 0.1)])
        return FakeModel([found])


class FindsNothing(Program):
    def configure_model(self, config: ClassifierConfiguration) -> Model:
        return FakeModel([])


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Program]:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))

    def make(program: type[Program] = Program, **sections: Any) -> Program:
        config = ClassifierConfiguration.model_validate(
            {"microphone": {"device_name": "none"}, **sections}
        )
        config.paths.db_metadata.parent.mkdir(parents=True)
        return program(config, Celery("test", set_as_current=False))

    return make


def hear(program: Program, path: Path) -> Recording:
    deployment = Deployment(name="wood")
    recording = Recording(path=path, duration=3, samplerate=48_000, deployment=deployment)
    program.store.store_deployment(deployment)
    program.store.store_recording(recording)
    program.tasks["detection_task"](recording)
    return recording


@pytest.mark.parametrize(
    ("gate", "write", "heard"),
    [
        ({}, write_calls, True),
        ({}, write_silence, False),
        ({"threshold_db": 200}, write_calls, False),
        (None, write_silence, True),
    ],
)
def test_a_gate_lets_pass_what_stands_out(
    make: Callable[..., Program],
    tmp_path: Path,
    gate: object,
    write: Callable[[Path, float, int], None],
    heard: bool,
) -> None:
    program = make(gate=gate)
    write(tmp_path / "sound.wav", 3, 48_000)
    recording = hear(program, tmp_path / "sound.wav")
    [(_, outputs)] = program.store.get_recordings([recording.id])
    assert len(outputs) == heard
    assert program.store.is_processed(recording)  # type: ignore[attr-defined]


def test_tags_below_the_threshold_stay_with_their_detection(
    make: Callable[..., Program], tmp_path: Path
) -> None:
    program = make(detections={"threshold": 0.5})
    recording = hear(program, tmp_path / "sound.wav")
    [(_, [output])] = program.store.get_recordings([recording.id])
    assert UNSURE in [tag.tag for tag in output.detections[0].tags]


@pytest.mark.parametrize(("program", "sent"), [(Program, 1), (FindsNothing, 0)])
def test_only_what_was_found_is_sent(
    make: Callable[..., Program], tmp_path: Path, program: type[Program], sent: int
) -> None:
    made = make(program)
    hear(made, tmp_path / "sound.wav")
    assert len(made.message_store.get_unsent_messages()) == sent


def test_summaries_take_the_place_of_messages(
    make: Callable[..., Program], tmp_path: Path
) -> None:
    program = make(summary={"interval": 60})
    hear(program, tmp_path / "sound.wav")
    assert program.message_store.get_unsent_messages() == []
    program.tasks["summary_task"]()
    assert len(program.message_store.get_unsent_messages()) == 1


@pytest.mark.parametrize(
    ("saving", "kept"), [({"threshold": 0.6}, True), ({"threshold": 0.61}, False), (None, True)]
)
def test_recordings_are_kept_that_are_certain_enough(
    make: Callable[..., Program], tmp_path: Path, saving: object, kept: bool
) -> None:
    program = make(saving=saving)
    recording = hear(program, tmp_path / "sound.wav")
    [(_, outputs)] = program.store.get_recordings([recording.id])
    filters = program.get_recording_filters(program.config)
    assert all(each.should_save_recording(recording, outputs) for each in filters) == kept


@pytest.mark.parametrize(("threshold", "least"), [(0.4, 0.4), (0.0, 0.01)])
def test_a_model_is_never_asked_for_everything(
    make: Callable[..., Program], threshold: float, least: float
) -> None:
    program = make(detections={"threshold": threshold})
    assert program.least_score(program.config) == least
