"""Keep recordings by what was found in them."""

from collections.abc import Iterable, Sequence

from acoupi.components.types import RecordingSavingFilter
from acoupi.data import Detection, ModelOutput, PredictedTag, Recording, Tag

__all__ = ["DetectionTagValue", "DetectionTags", "SavingThreshold"]


class SavingThreshold(RecordingSavingFilter):
    """Keep a recording with at least one detection of a high enough score.

    Parameters
    ----------
    saving_threshold
        The lowest score that counts.
    """

    def __init__(self, saving_threshold: float) -> None:
        self.saving_threshold = saving_threshold

    def __str__(self) -> str:
        return f"{type(self).__name__} from {self.saving_threshold:g}"

    def should_save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> bool:
        """Tell whether any output has such a detection."""
        return any(map(self.has_confident_model_output, model_outputs or []))

    def has_confident_model_output(self, model_output: ModelOutput) -> bool:
        """Tell whether one output has such a detection."""
        return any(_confident(model_output.detections, self.saving_threshold))


class DetectionTags(RecordingSavingFilter):
    """Keep a recording with a detection that carries one of some tags.

    Parameters
    ----------
    tags
        The tags that count.
    saving_threshold
        What both the detection's score and the tag's confidence must reach.
    """

    def __init__(self, tags: Sequence[Tag], saving_threshold: float = 0.5) -> None:
        self.tags = list(tags)
        self.saving_threshold = saving_threshold

    def __str__(self) -> str:
        tags = ", ".join(f"{tag.key}={tag.value}" for tag in self.tags)
        return f"{type(self).__name__} {tags} from {self.saving_threshold:g}"

    def should_save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> bool:
        """Tell whether any output has such a detection."""
        return any(map(self.has_confident_tag, model_outputs or []))

    def has_confident_tag(self, model_output: ModelOutput) -> bool:
        """Tell whether one output has such a detection."""
        return any(
            predicted.tag in self.tags and predicted.confidence_score >= self.saving_threshold
            for predicted in _tags(_confident(model_output.detections, self.saving_threshold))
        )


class DetectionTagValue(RecordingSavingFilter):
    """Keep a recording with a detection whose tag has one of some values, however sure.

    Parameters
    ----------
    values
        The values that count, under any key.
    """

    def __init__(self, values: Sequence[str]) -> None:
        self.values = list(values)

    def __str__(self) -> str:
        return f"{type(self).__name__} {', '.join(self.values)}"

    def should_save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> bool:
        """Tell whether any output has such a tag."""
        return any(map(self.has_confident_tagvalues, model_outputs or []))

    def has_confident_tagvalues(self, model_output: ModelOutput) -> bool:
        """Tell whether one output has such a tag."""
        return any(
            predicted.tag.value in self.values for predicted in _tags(model_output.detections)
        )


def _confident(detections: Iterable[Detection], threshold: float) -> Iterable[Detection]:
    return (detection for detection in detections if detection.detection_score >= threshold)


def _tags(detections: Iterable[Detection]) -> Iterable[PredictedTag]:
    return (predicted for detection in detections for predicted in detection.tags)
