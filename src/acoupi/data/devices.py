"""The device a program runs on."""

from pydantic import BaseModel, Field

from acoupi._clock import utc_now
from acoupi.data.times import Instant

__all__ = ["DeviceInfo", "Metric"]


class DeviceInfo(BaseModel):
    """Which device this is."""

    id: str


class Metric(BaseModel):
    """One measured figure, with its unit."""

    name: str
    value: float
    captured_on: Instant = Field(default_factory=utc_now)
    unit: str
