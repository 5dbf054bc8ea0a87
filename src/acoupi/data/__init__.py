"""The objects that everything else passes around.

They are pydantic models: they check what they are given, and travel as JSON.
"""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi._clock import utc_now
    from acoupi.data.deployments import Deployment
    from acoupi.data.detections import (
        BoundingBox,
        Detection,
        EventDetection,
        PredictedTag,
        PredictionType,
        PresenceDetection,
        SequenceDetection,
        Tag,
    )
    from acoupi.data.devices import DeviceInfo, Metric
    from acoupi.data.messages import Message, MessageType, Response, ResponseStatus
    from acoupi.data.outputs import ModelOutput, ModelOutputInfo
    from acoupi.data.recordings import Recording
    from acoupi.data.times import AwareDatetime, TimeInterval

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "AwareDatetime": ".times",
        "BoundingBox": ".detections",
        "Deployment": ".deployments",
        "Detection": ".detections",
        "DeviceInfo": ".devices",
        "EventDetection": ".detections",
        "Message": ".messages",
        "MessageType": ".messages",
        "Metric": ".devices",
        "ModelOutput": ".outputs",
        "ModelOutputInfo": ".outputs",
        "PredictedTag": ".detections",
        "PredictionType": ".detections",
        "PresenceDetection": ".detections",
        "Recording": ".recordings",
        "Response": ".messages",
        "ResponseStatus": ".messages",
        "SequenceDetection": ".detections",
        "Tag": ".detections",
        "TimeInterval": ".times",
        "utc_now": "acoupi._clock",
    },
)
