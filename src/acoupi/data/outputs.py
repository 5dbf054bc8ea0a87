"""What a model said about a recording."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from acoupi._clock import utc_now
from acoupi.data.detections import Detection
from acoupi.data.recordings import Recording
from acoupi.data.times import Instant

__all__ = ["ModelOutput", "ModelOutputInfo"]

ORIGIN = ("model_version", "model_hash")


class ModelOutput(BaseModel):
    """All that one model found in one recording; no detections is an answer too."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    id: UUID = Field(default_factory=uuid4)
    name_model: str
    model_version: str = ""
    """As its makers count; empty where nobody says."""

    model_hash: str = ""
    """SHA-256 of the list of its files, each with its own; empty for a model without files."""

    recording: Recording
    detections: Sequence[Detection] = Field(default_factory=list[Detection])
    created_on: Instant = Field(default_factory=utc_now)

    @model_serializer(mode="wrap")
    def _leave_out_what_nobody_says(
        self, serialize: SerializerFunctionWrapHandler
    ) -> dict[str, Any]:
        """Write what receivers have always read, where there is no more to say."""
        document: dict[str, Any] = serialize(self)
        return {key: value for key, value in document.items() if value or key not in ORIGIN}


class ModelOutputInfo(BaseModel):
    """That a model has answered, without what it said."""

    model_config = ConfigDict(protected_namespaces=())

    id: UUID = Field(default_factory=uuid4)
    name_model: str
    created_on: Instant = Field(default_factory=utc_now)
