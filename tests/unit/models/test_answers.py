"""Answers that make sense, and those that do not."""

import math
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from acoupi.data import (
    BoundingBox,
    Deployment,
    Detection,
    ModelOutput,
    PredictedTag,
    Recording,
    Tag,
)
from acoupi.errors import ModelError
from acoupi.models.answers import checked_answer, find_nonsense

WREN = Tag("species", "Troglodytes troglodytes")
RECORDING = Recording(
    path=Path("a.wav"), duration=3, samplerate=48_000, deployment=Deployment(name="wood")
)

scores = st.floats(0, 1) | st.sampled_from([0.0, 1.0, 1.0000001, -1e-7])
numbers = st.floats(allow_nan=True, allow_infinity=True)


def answer(detection: Detection, recording: Recording = RECORDING) -> ModelOutput:
    return ModelOutput(name_model="birds", recording=recording, detections=[detection])


def unchecked(score: float) -> Detection:
    """A detection as somebody makes it who goes round the checks."""
    return Detection.model_construct(detection_score=score, location=None, tags=[])


@given(score=scores, confidence=scores)
def test_what_is_from_0_to_1_makes_sense_rounded_or_not(score: float, confidence: float) -> None:
    detection = unchecked(score).model_copy(update={"tags": [PredictedTag(WREN, confidence)]})
    output = answer(detection)
    assert checked_answer(output, RECORDING, "birds") is output


@given(number=numbers.filter(lambda number: not -0.001 <= number <= 1.001))
def test_no_other_number_is_a_score(number: float) -> None:
    for detection in (unchecked(number), Detection(tags=[PredictedTag(WREN, number)])):
        with pytest.raises(ModelError, match=r"birds makes no sense: .* not from 0 to 1"):
            checked_answer(answer(detection), RECORDING, "birds")


@given(edge=st.integers(0, 3), number=st.sampled_from([math.nan, math.inf]))
def test_a_box_has_four_edges(edge: int, number: float) -> None:
    edges = [0.0, 0.0, 1.0, 1.0]
    edges[edge] = number
    box = BoundingBox.model_construct(coordinates=tuple(edges))
    [fault] = find_nonsense(answer(Detection.model_construct(location=box)), RECORDING)
    assert "edges of a detection" in fault


@pytest.mark.parametrize("nothing", [None, [], "wren", {"detections": []}])
def test_what_is_no_output_is_told_by_its_kind(nothing: object) -> None:
    with pytest.raises(ModelError, match=f"it returns {type(nothing).__name__}"):
        checked_answer(nothing, RECORDING, "birds")


def test_an_output_about_another_recording_is_none() -> None:
    other = RECORDING.model_copy(update={"id": Deployment(name="x").id})
    with pytest.raises(ModelError, match="another recording"):
        checked_answer(answer(Detection(), other), RECORDING, "birds")
