"""What to send about a model output."""

from collections.abc import Sequence

from acoupi.components.types import MessageBuilder
from acoupi.data import Detection, Message, MessageType, ModelOutput

__all__ = ["DetectionThresholdMessageBuilder", "FullModelOutputMessageBuilder"]


class FullModelOutputMessageBuilder(MessageBuilder[[ModelOutput]]):
    """Send every model output whole, also one without detections."""

    def build_message(self, model_output: ModelOutput) -> Message:
        """Build a message with the output as JSON."""
        return _message_of(model_output)


class DetectionThresholdMessageBuilder(MessageBuilder[[ModelOutput]]):
    """Send model outputs with the detections that reach a threshold.

    Parameters
    ----------
    detection_threshold
        The lowest score of a detection to send.
    """

    def __init__(self, detection_threshold: float) -> None:
        self.detection_threshold = detection_threshold

    def build_message(self, model_output: ModelOutput) -> Message | None:
        """Build a message with the output as JSON, or none if no detection is left."""
        detections = self.filter_detections(model_output.detections)
        if not detections:
            return None
        return _message_of(model_output.model_copy(update={"detections": detections}))

    def filter_detections(self, detections: Sequence[Detection]) -> list[Detection]:
        """Return the detections that reach the threshold, with all their tags."""
        return [d for d in detections if d.detection_score >= self.detection_threshold]


def _message_of(model_output: ModelOutput) -> Message:
    return Message(content=model_output.model_dump_json(), message_type=MessageType.DETECTION)
