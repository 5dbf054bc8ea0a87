"""What a detection is of, when, and how sure that is."""

import datetime as dt
import math

from acoupi.data import Detection, Heard, PredictedTag, Recording

__all__ = ["SPECIES", "heard_in", "sureness_of"]

SPECIES = "species"
"""Key of the tags that say it."""


def heard_in(recording: Recording, detection: Detection) -> Heard:
    """Return which species a detection is of, and when it began.

    Of a detection without a box it is the start of the recording.
    """
    box = detection.location
    start_s = box.coordinates[0] if box else 0.0
    offset = dt.timedelta(seconds=start_s if math.isfinite(start_s) else 0.0)
    tag = _surest(detection)
    return Heard(recording.created_on + offset, tag.tag.value if tag else "")


def sureness_of(detection: Detection) -> float:
    """Return how sure it is that this species was heard, from 0 to 1."""
    tag = _surest(detection)
    confidence = tag.confidence_score if tag else 1.0
    return min(detection.detection_score, confidence)


def _surest(detection: Detection) -> PredictedTag | None:
    """Return the tag of the likeliest species; where none is named, the likeliest of all."""
    named = [tag for tag in detection.tags if tag.tag.key == SPECIES] or detection.tags
    return max(named, key=lambda tag: tag.confidence_score, default=None)
