"""A model on files, without any deployment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from acoupi.components.types import Model
from acoupi.data import Detection, Recording
from acoupi.models.sound_files import Circumstances, describe_file

__all__ = ["FoundLine", "find_in"]


@dataclass(frozen=True)
class FoundLine:
    """Something a model found in a file."""

    file: str
    start_s: float | None
    end_s: float | None
    low_hz: float | None
    high_hz: float | None
    score: float
    tags: list[tuple[str, str, float]]


def find_in(model: Model, paths: Iterable[Path], known: Circumstances) -> Iterator[FoundLine]:
    """Yield what a model finds in each file, as it is found.

    Raises
    ------
    DeviceConfigurationError
        If a file is not usable.
    ModelError
        If the model answers nonsense.
    """
    for path in paths:
        recording = describe_file(path, known)
        for detection in model.run(recording).detections:
            yield _line(recording, detection)


def _line(recording: Recording, detection: Detection) -> FoundLine:
    box = detection.location
    start_s, low_hz, end_s, high_hz = box.coordinates if box else (None,) * 4
    tags = [(tag.tag.key, tag.tag.value, round(tag.confidence_score, 4)) for tag in detection.tags]
    score = round(detection.detection_score, 4)
    return FoundLine(str(recording.path), start_s, end_s, low_hz, high_hz, score, tags)
