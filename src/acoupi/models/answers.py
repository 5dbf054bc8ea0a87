"""What a model may answer, whoever made it."""

import math
from collections.abc import Iterator

from acoupi.data import Detection, ModelOutput, Recording
from acoupi.errors import ModelError

__all__ = ["checked_answer", "find_nonsense"]

SLACK = 1e-4
"""By how much a score may leave 0 to 1 because numbers are rounded."""


def checked_answer(answer: object, recording: Recording, who: str) -> ModelOutput:
    """Return what a model answered, if it makes sense.

    Parameters
    ----------
    answer
        What its ``run`` returned.
    recording
        What it heard.
    who
        Its name, for the error.

    Raises
    ------
    ModelError
        If it makes none.
    """
    fault = next(find_nonsense(answer, recording), None)
    if fault is not None or not isinstance(answer, ModelOutput):
        raise ModelError(f"{who} makes no sense: {fault}", help="acoupi models verify tries it")
    return answer


def find_nonsense(answer: object, recording: Recording) -> Iterator[str]:
    """Say what is wrong with an answer."""
    if not isinstance(answer, ModelOutput):
        yield f"it returns {type(answer).__name__} instead of a ModelOutput"
        return
    if answer.recording.id != recording.id:
        yield "its output is about another recording"
    for detection in answer.detections:
        yield from _nonsense_in(detection)


def _nonsense_in(detection: Detection) -> Iterator[str]:
    if not _is_score(detection.detection_score):
        yield f"the score of a detection is {detection.detection_score:g}, not from 0 to 1"
    for tag in detection.tags:
        if not _is_score(tag.confidence_score):
            value = f"{tag.tag.key} {tag.tag.value}"
            yield f"its confidence in {value} is {tag.confidence_score:g}, not from 0 to 1"
    box = detection.location
    if box is not None and not all(map(math.isfinite, box.coordinates)):
        yield f"the edges of a detection are {', '.join(f'{edge:g}' for edge in box.coordinates)}"


def _is_score(value: float) -> bool:
    return -SLACK <= value <= 1 + SLACK
