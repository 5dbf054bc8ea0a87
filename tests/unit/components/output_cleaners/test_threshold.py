from typing import Any

import pytest

from acoupi.components.output_cleaners import ThresholdDetectionCleaner


def test_what_reaches_the_threshold_stays(make_output: Any) -> None:
    output = make_output(0.9, 0.5, 0.49)
    cleaned = ThresholdDetectionCleaner(0.5).clean(output)
    assert [d.detection_score for d in cleaned.detections] == [0.9, 0.5]


def test_unsure_tags_go_and_their_detection_stays(make_output: Any) -> None:
    output = make_output(
        (0.9, {("species", "a"): 0.2, ("species", "b"): 0.5}), (0.6, {("x", "y"): 0})
    )
    cleaned = ThresholdDetectionCleaner(0.5).clean(output)
    assert [[t.tag.value for t in d.tags] for d in cleaned.detections] == [["b"], []]


def test_the_output_that_was_given_is_left_as_it_is(make_output: Any) -> None:
    output = make_output((0.9, {("species", "a"): 0.2}), 0.1)
    before = output.model_dump_json()
    cleaned = ThresholdDetectionCleaner(0.5).clean(output)
    assert output.model_dump_json() == before
    assert (cleaned.id, cleaned.recording) == (output.id, output.recording)


@pytest.mark.parametrize(("threshold", "left"), [(0, 2), (1, 1)])
def test_the_ends_of_the_scale_are_thresholds_too(
    make_output: Any, threshold: float, left: int
) -> None:
    cleaned = ThresholdDetectionCleaner(threshold).clean(make_output(0, 1))
    assert len(cleaned.detections) == left
