"""A threshold for detections and their tags."""

from collections.abc import Sequence

from acoupi.components.types import ModelOutputCleaner
from acoupi.data import Detection, ModelOutput, PredictedTag

__all__ = ["ThresholdDetectionCleaner"]


class ThresholdDetectionCleaner(ModelOutputCleaner):
    """Remove detections and tags that the model is not sure enough of.

    Parameters
    ----------
    detection_threshold
        The lowest score of a detection, and confidence of a tag, to keep.
        A detection may be left without tags.
    """

    def __init__(self, detection_threshold: float) -> None:
        self.detection_threshold = detection_threshold

    def clean(self, model_output: ModelOutput) -> ModelOutput:
        """Return the output with what reaches the threshold."""
        return model_output.model_copy(
            update={"detections": self.get_clean_detections(model_output.detections)}
        )

    def get_clean_detections(self, detections: Sequence[Detection]) -> list[Detection]:
        """Return the detections that reach the threshold, each with its clean tags."""
        return [
            self.clean_detection(detection)
            for detection in detections
            if detection.detection_score >= self.detection_threshold
        ]

    def clean_detection(self, detection: Detection) -> Detection:
        """Return the detection with the tags that reach the threshold."""
        return detection.model_copy(update={"tags": self.get_clean_tags(detection.tags)})

    def get_clean_tags(self, tags: Sequence[PredictedTag]) -> list[PredictedTag]:
        """Return the tags that reach the threshold."""
        return [tag for tag in tags if tag.confidence_score >= self.detection_threshold]
