"""What the receivers of messages read: names and places in the JSON, and topics."""

import datetime as dt
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from acoupi.components import (
    DetectionThresholdMessageBuilder,
    FullModelOutputMessageBuilder,
    MQTTMessenger,
)
from acoupi.components.types import MessageBuilder
from acoupi.data import (
    BoundingBox,
    Deployment,
    Detection,
    Message,
    MessageType,
    ModelOutput,
    PredictedTag,
    Recording,
    Tag,
)

NOON = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)

OUTPUT = ModelOutput(
    id=UUID(int=3),
    name_model="BatDetect2",
    created_on=NOON,
    recording=Recording(
        id=UUID(int=2),
        path=Path("/run/shm/a.wav"),
        duration=3,
        samplerate=256_000,
        created_on=NOON,
        deployment=Deployment(
            id=UUID(int=1), name="wood", latitude=1, longitude=2, started_on=NOON
        ),
    ),
    detections=[
        Detection(
            id=UUID(int=4),
            detection_score=0.9,
            location=BoundingBox.from_coordinates(0.1, 20_000, 0.2, 50_000),
            tags=[PredictedTag(tag=Tag(key="species", value="Myotis"), confidence_score=0.8)],
        )
    ],
)

READ: dict[str, Any] = {
    "id": "00000000-0000-0000-0000-000000000003",
    "name_model": "BatDetect2",
    "created_on": "2024-05-01T12:00:00Z",
    "recording": {
        "id": "00000000-0000-0000-0000-000000000002",
        "path": "/run/shm/a.wav",
        "duration": 3,
        "samplerate": 256_000,
        "audio_channels": 1,
        "time_expansion": 1,
        "created_on": "2024-05-01T12:00:00Z",
        "deployment": {
            "id": "00000000-0000-0000-0000-000000000001",
            "name": "wood",
            "latitude": 1,
            "longitude": 2,
            "started_on": "2024-05-01T12:00:00Z",
            "ended_on": None,
        },
    },
    "detections": [
        {
            "id": "00000000-0000-0000-0000-000000000004",
            "prediction_type": "presence",
            "detection_score": 0.9,
            "location": {"type": "BoundingBox", "coordinates": [0.1, 20_000, 0.2, 50_000]},
            "tags": [{"tag": {"key": "species", "value": "Myotis"}, "confidence_score": 0.8}],
        }
    ],
}
"""Everything a receiver of acoupi 0.8 can read, and what it reads there."""


@pytest.mark.parametrize(
    "builder", [FullModelOutputMessageBuilder(), DetectionThresholdMessageBuilder(0.5)]
)
def test_a_detection_message_is_what_receivers_read(
    builder: MessageBuilder[[ModelOutput]],
) -> None:
    message = builder.build_message(OUTPUT)

    assert isinstance(message, Message)
    assert message.message_type is MessageType.DETECTION
    assert json.loads(message.content) == READ


def test_which_build_of_the_model_it_was_is_added_where_that_is_known() -> None:
    build = {"model_version": "1.3.1", "model_hash": "c4e3"}
    message = FullModelOutputMessageBuilder().build_message(OUTPUT.model_copy(update=build))

    assert json.loads(message.content) == READ | build


@pytest.mark.parametrize(
    ("asked", "kind", "topic"),
    [
        (False, MessageType.DETECTION, "acoupi"),
        (True, MessageType.DETECTION, "acoupi/detection"),
        (True, MessageType.HEARTBEAT, "acoupi/heartbeat"),
        (True, MessageType.SUMMARY, "acoupi/summary"),
        (True, None, "acoupi"),
    ],
)
def test_the_kind_of_a_message_ends_the_topic_when_asked(
    asked: bool, kind: MessageType | None, topic: str
) -> None:
    messenger = MQTTMessenger(host="localhost", topic="acoupi", use_message_type=asked)

    assert messenger._topic_of(Message(content="{}", message_type=kind)) == topic
