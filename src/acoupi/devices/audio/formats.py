"""The formats that a PipeWire node offers, as ``pw-dump`` writes them.

A property is a plain value, or a choice: its default with either a range or
alternatives.
"""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = [
    "STANDARD_RATES_HZ",
    "USUAL_RATE_HZ",
    "BoolChoice",
    "EnumFormatItem",
    "FloatChoice",
    "IntChoice",
    "StrChoice",
    "offered_formats",
    "offered_rates_hz",
    "offered_up_to",
]

STANDARD_RATES_HZ = (
    *(8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000),
    *(176_400, 192_000, 250_000, 256_000, 352_800, 384_000, 500_000, 768_000),
)

USUAL_RATE_HZ = 48_000


class BoolChoice(BaseModel):
    """A switch."""

    model_config = ConfigDict(extra="allow")

    default: bool


class StrChoice(BaseModel):
    """One word of several."""

    model_config = ConfigDict(extra="allow")

    default: str

    @property
    def alternatives(self) -> list[str]:
        """The words to choose from, if they are counted out."""
        extra = self.model_extra or {}
        return [str(value) for name, value in extra.items() if name.startswith("alt")]


class IntChoice(BaseModel):
    """A whole number from a range, or one of several."""

    model_config = ConfigDict(extra="allow")

    default: int
    min: int | None = None
    max: int | None = None
    step: int | None = None

    @property
    def alternatives(self) -> set[int]:
        """The numbers to choose from, if they are counted out."""
        extra = self.model_extra or {}
        return {int(value) for name, value in extra.items() if name.startswith("alt")}


class FloatChoice(BaseModel):
    """A number from a range."""

    model_config = ConfigDict(extra="allow")

    default: float
    min: float | None = None
    max: float | None = None
    step: float | None = None


class EnumFormatItem(BaseModel):
    """One way in which a node can give sound."""

    mediaType: Literal["audio"]
    mediaSubtype: str
    format: str | StrChoice | None = None
    rate: int | IntChoice | None = None
    channels: int | IntChoice | None = None
    position: list[str] | None = None


def offered_rates_hz(rate: int | IntChoice | None) -> set[int]:
    """Return the sample rates a property allows; of a range, the usual ones."""
    if rate is None:
        return set(STANDARD_RATES_HZ)
    if isinstance(rate, int):
        return {rate}
    return rate.alternatives | {rate.default} | _within(STANDARD_RATES_HZ, rate)


def offered_up_to(channels: int | IntChoice | None) -> int:
    """Return the most channels a property allows."""
    if channels is None:
        return 1
    if isinstance(channels, int):
        return channels
    return max({channels.default, channels.max or 0} | channels.alternatives)


def offered_formats(format: str | StrChoice | None) -> list[str]:
    """Return the sample formats a property allows, the one by default first."""
    if format is None:
        return []
    if isinstance(format, str):
        return [format]
    return list(dict.fromkeys([format.default, *format.alternatives]))


def _within(values: Iterable[int], choice: IntChoice) -> set[int]:
    low, high = choice.min, choice.max
    if low is None or high is None:
        return set()
    return {value for value in values if low <= value <= high}
