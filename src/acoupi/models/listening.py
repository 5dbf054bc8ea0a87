"""A model on files, without any deployment."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from acoupi.components.types import Model
from acoupi.data import Detection, Recording
from acoupi.errors import AcoupiError, DeviceError
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


def find_in(
    model: Model,
    paths: Iterable[Path],
    known: Circumstances,
    pass_over: Callable[[Path, AcoupiError], None],
) -> Iterator[FoundLine]:
    """Yield what a model finds in each file, as it is found.

    Parameters
    ----------
    model
        What listens.
    paths
        WAV or FLAC files.
    known
        Where and when they were recorded, if that is known better than by themselves.
    pass_over
        Told of each file that is not usable.

    Raises
    ------
    ModelError
        If the model answers nonsense, which it would for other files as well.
    """
    for path in paths:
        try:
            recording = describe_file(path, known)
            detections = model.run(recording).detections
        except DeviceError as error:
            pass_over(path, error)
            continue
        yield from (_line(recording, detection) for detection in detections)


def _line(recording: Recording, detection: Detection) -> FoundLine:
    box = detection.location
    start_s, low_hz, end_s, high_hz = box.coordinates if box else (None,) * 4
    tags = [(tag.tag.key, tag.tag.value, round(tag.confidence_score, 4)) for tag in detection.tags]
    score = round(detection.detection_score, 4)
    return FoundLine(str(recording.path), start_s, end_s, low_hz, high_hz, score, tags)
