import json
from typing import Any

from acoupi.components.message_factories import (
    DetectionThresholdMessageBuilder,
    FullModelOutputMessageBuilder,
)
from acoupi.data import MessageType, ModelOutput


def test_a_full_message_is_the_output(make_output: Any) -> None:
    output = make_output((0.7, {("species", "x"): 0.5}))
    message = FullModelOutputMessageBuilder().build_message(output)
    assert message.message_type == MessageType.DETECTION
    assert ModelOutput.model_validate_json(message.content).model_dump() == output.model_dump()


def test_a_full_message_has_the_shape_that_receivers_read(make_output: Any) -> None:
    message = FullModelOutputMessageBuilder().build_message(
        make_output((0.7, {("species", "x"): 0.5}))
    )
    content = json.loads(message.content)
    assert set(content) == {"id", "name_model", "recording", "detections", "created_on"}
    assert content["name_model"] == "model"
    assert content["recording"]["deployment"]["name"] == "wood"
    (detection,) = content["detections"]
    assert set(detection) == {"id", "prediction_type", "location", "detection_score", "tags"}
    assert detection["tags"] == [
        {"tag": {"key": "species", "value": "x"}, "confidence_score": 0.5}
    ]


def test_a_full_message_says_that_nothing_was_found(make_output: Any) -> None:
    message = FullModelOutputMessageBuilder().build_message(make_output())
    assert json.loads(message.content)["detections"] == []


def test_only_detections_that_reach_the_threshold_are_sent(make_output: Any) -> None:
    output = make_output(0.9, 0.5, 0.49)
    message = DetectionThresholdMessageBuilder(0.5).build_message(output)
    assert message is not None
    assert message.message_type == MessageType.DETECTION
    content = json.loads(message.content)
    assert [d["detection_score"] for d in content["detections"]] == [0.9, 0.5]
    assert content["id"] == str(output.id)


def test_a_detection_that_is_sent_keeps_its_unsure_tags(make_output: Any) -> None:
    message = DetectionThresholdMessageBuilder(0.5).build_message(
        make_output((0.9, {("species", "x"): 0.1}))
    )
    assert message is not None
    assert len(json.loads(message.content)["detections"][0]["tags"]) == 1


def test_no_message_is_built_where_no_detection_is_left(make_output: Any) -> None:
    builder = DetectionThresholdMessageBuilder(0.5)
    assert builder.build_message(make_output(0.4)) is None
    assert builder.build_message(make_output()) is None
