"""What can be set of a trigger."""

from typing import Self

from pydantic import BaseModel, Field, model_validator

from acoupi.audio.loudness import Above

__all__ = ["LONGEST_ROLL_S", "TriggerConfiguration"]

LONGEST_ROLL_S = 600


class TriggerConfiguration(BaseModel):
    """What must be heard in a recording for it to be kept at all."""

    low_hz: float = Field(ge=0, description="lowest frequency of the band to listen to (Hz)")
    high_hz: float = Field(gt=0, description="highest frequency of the band to listen to (Hz)")
    threshold_db: float = Field(
        default=12, description="how loud the band must be (dB), counted from what `above` says"
    )
    above: Above = Field(
        default="background",
        description="what the threshold is counted from: background is what the band usually "
        "is, the median of half a minute; full_scale the loudest that samples can hold",
    )
    min_length_s: float = Field(
        default=0, ge=0, le=10, description="for how long it must be as loud on end (s)"
    )
    pre_roll_s: float = Field(
        default=0,
        ge=0,
        le=LONGEST_ROLL_S,
        description="keep also what was heard this long before (s)",
    )
    post_roll_s: float = Field(
        default=0,
        ge=0,
        le=LONGEST_ROLL_S,
        description="keep also what is heard this long after (s)",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.low_hz >= self.high_hz:
            raise ValueError(f"low_hz ({self.low_hz:g}) must be below high_hz ({self.high_hz:g})")
        if self.above == "background" and self.threshold_db <= 0:
            raise ValueError("a threshold above the background must be greater than 0 dB")
        if self.above == "full_scale" and self.threshold_db >= 0:
            raise ValueError("nothing is louder than full scale: the threshold must be below 0 dB")
        return self
