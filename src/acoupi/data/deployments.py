"""A named stay of the device at a place."""

from uuid import UUID, uuid4

from pydantic import BaseModel, Field

from acoupi._clock import utc_now
from acoupi.data.times import Instant

__all__ = ["Deployment"]


class Deployment(BaseModel):
    """A named stay of the device at a place, from start to stop."""

    id: UUID = Field(default_factory=uuid4)
    name: str
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    started_on: Instant = Field(default_factory=utc_now)
    ended_on: Instant | None = None
