"""A stretch of sound in a file."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, Field, SerializerFunctionWrapHandler, model_serializer

from acoupi._clock import utc_now
from acoupi.data.deployments import Deployment
from acoupi.data.times import Instant

__all__ = ["Recording"]


class Recording(BaseModel):
    """A stretch of sound in a file."""

    created_on: Instant = Field(default_factory=utc_now)
    """The instant of the first sample."""

    duration: float = Field(gt=0)
    """Seconds of sound in the file, as captured."""

    samplerate: int = Field(gt=0)
    """Samples a second and channel (Hz)."""

    deployment: Deployment

    path: Path | None = None
    """Where the file is; None once it was decided not to keep it."""

    audio_channels: int | None = Field(default=1, gt=0)

    time_expansion: float = Field(default=1, gt=0)
    """How much slower than it was heard the file plays."""

    id: UUID = Field(default_factory=uuid4)

    microphone: str = ""
    """Which of several microphones heard it; empty where there is one."""

    @model_serializer(mode="wrap")
    def _leave_out_the_only_microphone(
        self, serialize: SerializerFunctionWrapHandler
    ) -> dict[str, Any]:
        """Write what receivers have always read, where there is no more to say."""
        document: dict[str, Any] = serialize(self)
        if not self.microphone:
            document.pop("microphone", None)
        return document
