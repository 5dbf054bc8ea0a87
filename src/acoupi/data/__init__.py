"""The objects that everything else passes around.

They are pydantic models: they check what they are given, and travel as JSON.
"""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi._clock import utc_now as utc_now
    from acoupi.data.deployments import Deployment as Deployment
    from acoupi.data.detections import (
        BoundingBox as BoundingBox,
        Detection as Detection,
        EventDetection as EventDetection,
        PredictedTag as PredictedTag,
        PredictionType as PredictionType,
        PresenceDetection as PresenceDetection,
        SequenceDetection as SequenceDetection,
        Tag as Tag,
    )
    from acoupi.data.devices import DeviceInfo as DeviceInfo, Metric as Metric
    from acoupi.data.effort import (
        ClockQuality as ClockQuality,
        EffortSpan as EffortSpan,
        EffortState as EffortState,
    )
    from acoupi.data.heard import Heard as Heard
    from acoupi.data.messages import (
        Message as Message,
        MessageType as MessageType,
        Response as Response,
        ResponseStatus as ResponseStatus,
    )
    from acoupi.data.outputs import ModelOutput as ModelOutput, ModelOutputInfo as ModelOutputInfo
    from acoupi.data.recordings import Recording as Recording
    from acoupi.data.times import AwareDatetime as AwareDatetime, TimeInterval as TimeInterval

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "AwareDatetime": ".times",
        "BoundingBox": ".detections",
        "ClockQuality": ".effort",
        "Deployment": ".deployments",
        "Detection": ".detections",
        "DeviceInfo": ".devices",
        "EffortSpan": ".effort",
        "EffortState": ".effort",
        "EventDetection": ".detections",
        "Heard": ".heard",
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
