"""What a model said about a recording."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field

from acoupi._clock import utc_now
from acoupi.data.detections import Detection
from acoupi.data.recordings import Recording
from acoupi.data.times import Instant

__all__ = ["ModelOutput", "ModelOutputInfo"]


class ModelOutput(BaseModel):
    """All that one model found in one recording; no detections is an answer too."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    id: UUID = Field(default_factory=uuid4)
    name_model: str
    recording: Recording
    detections: Sequence[Detection] = Field(default_factory=list[Detection])
    created_on: Instant = Field(default_factory=utc_now)


class ModelOutputInfo(BaseModel):
    """That a model has answered, without what it said."""

    model_config = ConfigDict(protected_namespaces=())

    id: UUID = Field(default_factory=uuid4)
    name_model: str
    created_on: Instant = Field(default_factory=utc_now)
