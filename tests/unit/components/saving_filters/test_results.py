from typing import Any

import pytest

from acoupi.components import DetectionTags, DetectionTagValue, SavingThreshold
from acoupi.data import Tag

WREN = Tag(key="species", value="wren")
AS_WREN = ("species", "wren")


@pytest.mark.parametrize(
    ("found", "kept"), [((), False), ((0.49,), False), ((0.5,), True), ((0.1, 0.9), True)]
)
def test_one_sure_detection_is_enough(
    make_recording: Any, make_output: Any, found: tuple[float, ...], kept: bool
) -> None:
    score_filter = SavingThreshold(0.5)
    assert score_filter.should_save_recording(make_recording(), [make_output(*found)]) is kept


def test_one_of_several_outputs_is_enough(make_recording: Any, make_output: Any) -> None:
    outputs = [make_output(), make_output(0.2), make_output(0.8)]
    assert SavingThreshold(0.5).should_save_recording(make_recording(), outputs)


@pytest.mark.parametrize("outputs", [None, []])
@pytest.mark.parametrize(
    "result_filter", [SavingThreshold(0), DetectionTags([WREN], 0), DetectionTagValue(["wren"])]
)
def test_a_recording_without_outputs_has_no_result_to_keep_it(
    make_recording: Any, result_filter: Any, outputs: Any
) -> None:
    assert not result_filter.should_save_recording(make_recording(), outputs)


@pytest.mark.parametrize(
    ("score", "confidence", "kept"),
    [(0.9, 0.1, False), (0.1, 0.9, False), (0.5, 0.5, True), (0.9, 0.9, True)],
)
def test_both_the_detection_and_its_tag_must_be_sure(
    make_recording: Any, make_output: Any, score: float, confidence: float, kept: bool
) -> None:
    output = make_output((score, {AS_WREN: confidence}))
    assert DetectionTags([WREN], 0.5).should_save_recording(make_recording(), [output]) is kept


def test_a_tag_is_its_key_and_its_value(make_output: Any) -> None:
    tags = DetectionTags([WREN])
    assert not tags.has_confident_tag(make_output((0.9, {("species", "robin"): 0.9})))
    assert not tags.has_confident_tag(make_output((0.9, {("genus", "wren"): 0.9})))


def test_a_sure_tag_on_another_detection_does_not_help(make_output: Any) -> None:
    output = make_output((0.9, {AS_WREN: 0.1}), (0.1, {AS_WREN: 0.9}))
    assert not DetectionTags([WREN]).has_confident_tag(output)


def test_a_value_counts_under_any_key_however_sure(make_recording: Any, make_output: Any) -> None:
    value_filter = DetectionTagValue(["wren", "robin"])
    output = make_output((0.01, {("anything", "robin"): 0.01}))
    assert value_filter.should_save_recording(make_recording(), [output])
    assert not value_filter.has_confident_tagvalues(make_output((1, {("species", "owl"): 1})))
