"""Trying models that do what no model may."""

from pathlib import Path

import pytest

from acoupi.components.types import Model
from acoupi.data import BoundingBox, Detection, ModelOutput, PredictedTag, Recording, Tag
from acoupi.models.trials import find_faults, measure_speed

RATE_HZ = 8000


class Model1(Model):
    """Finds the same in all recordings."""

    name = "model-1"
    box: BoundingBox | None = None

    def run(self, recording: Recording) -> ModelOutput:
        found = [Detection(location=self.box)] if self.box else []
        return ModelOutput(name_model=self.name, recording=recording, detections=found)


class Late(Model1):
    box = BoundingBox.from_coordinates(1000, 0, 1001, 1)


class Shrill(Model1):
    box = BoundingBox.from_coordinates(0, 0, 0, RATE_HZ)


class Crashing(Model1):
    def run(self, recording: Recording) -> ModelOutput:
        raise IndexError("7")


class Forgetful(Model1):
    def run(self, recording: Recording) -> ModelOutput:
        return None  # type: ignore[return-value]


class Renamed(Model1):
    def run(self, recording: Recording) -> ModelOutput:
        return ModelOutput(name_model="other", recording=recording)


class Elsewhere(Model1):
    def run(self, recording: Recording) -> ModelOutput:
        other = Recording(duration=1, samplerate=1, deployment=recording.deployment)
        return ModelOutput(name_model=self.name, recording=other)


class Overwriting(Model1):
    def run(self, recording: Recording) -> ModelOutput:
        Path(str(recording.path)).write_bytes(b"")
        return super().run(recording)


class Unsure(Model1):
    def run(self, recording: Recording) -> ModelOutput:
        detection = Detection(detection_score=float("nan"))
        return ModelOutput(name_model=self.name, recording=recording, detections=[detection])


class Sure(Model1):
    def run(self, recording: Recording) -> ModelOutput:
        detection = Detection(tags=[PredictedTag(Tag("species", "Apus apus"), 7)])
        return ModelOutput(name_model=self.name, recording=recording, detections=[detection])


def test_a_model_that_keeps_the_rules_has_no_faults() -> None:
    assert find_faults(Model1(), RATE_HZ, 0.5) == []


@pytest.mark.parametrize(
    ("model", "fault"),
    [
        (Late(), "it finds something from 1000 to 1001 s"),
        (Shrill(), "it finds something from 0 to 8000 Hz"),
        (Crashing(), "it raises IndexError: 7"),
        (Forgetful(), "it returns NoneType instead of a ModelOutput"),
        (Renamed(), "its output is called 'other' and itself 'model-1'"),
        (Elsewhere(), "its output is about another recording"),
        (Overwriting(), "it changes the file"),
        (Unsure(), "it raises ValidationError"),
        (Sure(), "its confidence in species Apus apus is 7, not from 0 to 1"),
    ],
)
def test_what_no_model_may_is_found(model: Model, fault: str) -> None:
    found = find_faults(model, RATE_HZ, 0.5)
    assert len(found) == 4
    assert found[0].startswith(f"noise: {fault}")


def test_a_speed_is_seconds_of_computing_for_one_of_sound() -> None:
    speed = measure_speed(Model1, RATE_HZ, 0.5)
    assert speed.sound_s == 0.5
    assert speed.compute_s_per_s == pytest.approx(2 * speed.compute_s)
    assert speed.peak_mb > 10
