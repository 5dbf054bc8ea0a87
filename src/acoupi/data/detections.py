"""What a model found in a recording."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = [
    "BoundingBox",
    "Detection",
    "EventDetection",
    "PredictedTag",
    "PredictionType",
    "PresenceDetection",
    "SequenceDetection",
    "Tag",
]


@dataclass(frozen=True)
class Tag:
    """A label: what kind of statement it makes, and the statement."""

    key: str
    value: str


@dataclass(frozen=True)
class PredictedTag:
    """A label with the confidence (0 to 1) a model has in it."""

    tag: Tag
    confidence_score: float = 1


class BoundingBox(BaseModel):
    """A box in time (s from the start of the recording) and frequency (Hz)."""

    model_config = ConfigDict(frozen=True)

    type: str = "BoundingBox"
    coordinates: tuple[float, float, float, float]
    """Start time (s), low frequency (Hz), end time (s), high frequency (Hz)."""

    @field_validator("coordinates")
    @classmethod
    def _ordered(
        cls, value: tuple[float, float, float, float]
    ) -> tuple[float, float, float, float]:
        start_s, low_hz, end_s, high_hz = value
        if start_s > end_s:
            raise ValueError(f"the box ends ({end_s} s) before it starts ({start_s} s)")
        if low_hz > high_hz:
            raise ValueError(f"the box's top ({high_hz} Hz) is below its bottom ({low_hz} Hz)")
        return value

    @classmethod
    def from_coordinates(
        cls, start_time: float, low_freq: float, end_time: float, high_freq: float
    ) -> "BoundingBox":
        """Make a box from its edges, in seconds and Hz."""
        return cls(coordinates=(start_time, low_freq, end_time, high_freq))


class PredictionType(StrEnum):
    """What a detection claims."""

    PRESENCE = "presence"
    """Heard somewhere in the recording, or in the stretch of the box."""

    SEQUENCE = "sequence"
    """A series of sounds that belong together."""

    EVENT = "event"
    """A single sound, at the place of the box."""


class Detection(BaseModel):
    """Something a model found; without a ``prediction_type`` it claims presence."""

    model_config = ConfigDict(frozen=True)

    id: UUID = Field(default_factory=uuid4)
    prediction_type: PredictionType = PredictionType.PRESENCE
    location: BoundingBox | None = None
    detection_score: float = Field(default=1, ge=0, le=1)
    tags: list[PredictedTag] = Field(default_factory=list[PredictedTag])


class PresenceDetection(Detection):
    """Something was heard somewhere in the recording."""

    prediction_type: PredictionType = PredictionType.PRESENCE


class SequenceDetection(Detection):
    """A series of sounds that belong together."""

    prediction_type: PredictionType = PredictionType.SEQUENCE


class EventDetection(Detection):
    """A single sound."""

    prediction_type: PredictionType = PredictionType.EVENT
