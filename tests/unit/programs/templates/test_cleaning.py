"""What programs believe of what their models say."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from celery import Celery
from heard_species import Found, Wood, found_in
from pydantic import ValidationError

from acoupi.components.types import Model, Store
from acoupi.data import ModelOutput, Recording
from acoupi.programs.templates import (
    ClassifierConfiguration,
    ClassifierProgram,
    DetectionProgram,
    DetectionProgramConfiguration,
    DetectionsConfiguration,
)
from acoupi.programs.templates.cleaning import cleaners_of, settled_species
from acoupi.programs.templates.late_models import LateModel

WREN = "Troglodytes troglodytes"
WOOD = Wood()


class Said(Model):
    """Says of each recording, by its number, what it is told to."""

    name = "said"
    settled_species = ("Strix aluco",)

    def __init__(self, *said: Sequence[Found]) -> None:
        self.said = said

    def run(self, recording: Recording) -> ModelOutput:
        number = int(recording.path.stem) if recording.path else 0
        found = WOOD.output(number, self.said[number]).detections
        return ModelOutput(name_model=self.name, recording=recording, detections=found)


class Detecting(DetectionProgram[DetectionProgramConfiguration]):
    config_schema = DetectionProgramConfiguration
    said: Model

    def configure_model(self, config: DetectionProgramConfiguration) -> Model:
        return self.said


class Classifying(ClassifierProgram[ClassifierConfiguration]):
    config_schema = ClassifierConfiguration
    said: Model

    def configure_model(self, config: ClassifierConfiguration) -> Model:
        return self.said


Hear = Callable[..., list[list[Found]]]


@pytest.fixture(params=[Detecting, Classifying])
def hear(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hear:
    """Hear recordings, each with a program that has just been started; return what is stored."""
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))

    def hear_all(*said: Sequence[Found], **detections: Any) -> list[list[Found]]:
        return [
            heard_by(request.param, number, Said(*said), detections) for number in range(len(said))
        ]

    return hear_all


def heard_by(
    kind: type[Detecting | Classifying], number: int, said: Model, detections: object
) -> list[Found]:
    kind.said = said
    config = kind.config_schema.model_validate(
        {"microphone": {"device_name": "none"}, "detections": detections}
    )
    config.paths.db_metadata.parent.mkdir(parents=True, exist_ok=True)
    program = kind(config, Celery("test", set_as_current=False))  # type: ignore[arg-type]
    recording = WOOD.output(number, []).recording.model_copy(
        update={"path": Path(f"{number}.wav")}
    )
    program.store.store_recording(recording)
    program.tasks["detection_task"](recording)
    (output,) = program.store.get_recordings([recording.id])[0][1]
    program.store.close()  # type: ignore[attr-defined]
    return found_in(output)


def test_without_being_told_a_program_believes_what_it_hears_once(hear: Hear) -> None:
    assert hear([(0, WREN, 0.5)]) == [[(0, WREN, 0.5)]]


def test_what_is_not_confirmed_is_not_stored_also_after_a_restart(hear: Hear) -> None:
    once = [(0, WREN, 0.5)]
    heard = hear(once, once, [], once, confirmation={"times": 2, "within_s": 15})
    assert heard == [[], once, [], []]


def test_a_sure_one_lowers_the_threshold_also_after_a_restart(hear: Hear) -> None:
    weak, sure = [(0, WREN, 0.3)], [(0, WREN, 0.9)]
    dynamic = {"floor": 0.2, "sure_from": 0.8, "lasts_h": 15 / 3600}
    heard = hear(weak, sure, weak, weak, threshold=0.4, dynamic_threshold=dynamic)
    assert heard == [[], sure, weak, []]


def test_what_the_threshold_refuses_confirms_nothing(hear: Hear) -> None:
    dynamic, often = {"floor": 0.2}, {"times": 2, "within_s": 60}
    weak, strong = [(0, WREN, 0.3)], [(0, WREN, 0.6)]
    heard = hear(weak, strong, threshold=0.4, dynamic_threshold=dynamic, confirmation=often)
    assert heard == [[], []]


def test_species_with_a_threshold_in_the_model_keep_it(hear: Hear) -> None:
    heard = hear([(0, "Strix aluco", 0.3)], threshold=0.4, dynamic_threshold={"floor": 0.2})
    assert heard == [[(0, "Strix aluco", 0.3)]]


def test_a_model_that_cannot_be_built_hides_no_species_of_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def build() -> Model:
        raise RuntimeError("its weights are gone")

    assert settled_species([LateModel(build), Said()]) == {"Strix aluco"}
    assert "its weights are gone" in caplog.text


def test_a_model_must_report_what_may_be_believed_at_times() -> None:
    assert DetectionsConfiguration(threshold=0.4).lowest_score == 0.4
    detections = {"threshold": 0.4, "dynamic_threshold": {"floor": 0.15}}
    assert DetectionsConfiguration.model_validate(detections).lowest_score == 0.15


@pytest.mark.parametrize("dynamic", [{"floor": 0.5}, {"sure_from": 0.3}])
def test_a_threshold_lies_between_the_floor_and_what_is_sure(dynamic: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match=r"the threshold \(0.4\) must lie between"):
        DetectionsConfiguration.model_validate({"threshold": 0.4, "dynamic_threshold": dynamic})


def test_for_a_store_that_remembers_nothing_the_process_does() -> None:
    detections = DetectionsConfiguration.model_validate({"confirmation": {"within_s": 15}})
    (cleaner,) = cleaners_of(detections, cast("Store", object()), set)
    heard = [found_in(cleaner.clean(WOOD.output(n, [(0, WREN, 0.5)]))) for n in range(2)]
    assert heard == [[], [(0, WREN, 0.5)]]
