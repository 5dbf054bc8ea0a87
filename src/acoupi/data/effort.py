"""What a sensor did with its time."""

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from acoupi.data.times import Instant

__all__ = ["ClockQuality", "EffortSpan", "EffortState"]


class EffortState(StrEnum):
    """What became of a stretch of time; where several hold, the first here counts."""

    DROPPED = "dropped"
    """Samples were lost while the sensor listened."""

    PRIVATE = "private"
    """Sound was heard, and taken out because people spoke."""

    UNHEARD = "unheard"
    """Sound was recorded, and not analysed: that failed, or the sensor did not keep up."""

    RECORDED = "recorded"
    QUIET = "quiet"
    """The sensor listened; nothing was loud enough for a recording to be kept."""

    DEVICE_FAULT = "device_fault"
    CONDITION = "condition"
    """A condition other than the schedule said no."""

    NOT_SCHEDULED = "not_scheduled"
    OVERLOAD = "overload"
    """A recording was due, and the sensor came to it too late."""

    PAUSED = "paused"
    """Between the recordings of a rhythm that has pauses."""

    DOWN = "down"
    """Nothing was noted: the sensor did not run."""


class ClockQuality(StrEnum):
    """How far the times of a stretch can be believed; where several hold, the first counts."""

    STEPPED = "stepped"
    UNSYNCHRONISED = "unsynchronised"
    SYNCHRONISED = "synchronised"
    UNKNOWN = "unknown"


class EffortSpan(BaseModel):
    """A stretch of time in which one thing was so."""

    deployment_id: UUID
    started_on: Instant
    ended_on: Instant
    state: EffortState
    reason: str = ""
    """Which condition, which error, what else."""

    lost_samples: int = Field(default=0, ge=0)
    clock: ClockQuality = ClockQuality.UNKNOWN
    microphone: str = ""
    """Which of several microphones it is of; empty where there is one."""

    @model_validator(mode="after")
    def _check_order(self) -> "EffortSpan":
        if self.ended_on < self.started_on:
            raise ValueError("a span cannot end before it starts")
        return self
