"""What can be set for BatDetect2."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from acoupi.config.fields import NoUserPrompt

__all__ = ["BatDetect2Choices", "BatDetect2Options"]


class BatDetect2Choices(BaseModel):
    """How BatDetect2 listens, and which calls it names."""

    model_config = ConfigDict(extra="forbid")

    species: Annotated[list[str], NoUserPrompt] = Field(
        default_factory=list[str],
        description="report only calls that are most likely of these; none: all",
    )
    species_threshold: Annotated[float, NoUserPrompt] = Field(
        default=0.1,
        ge=0,
        le=1,
        description="name further species that are at least as likely, beside the likeliest",
    )
    overlap: Annotated[float, NoUserPrompt] = Field(
        default=0.064,
        ge=0,
        le=1,
        description="how far stretches of 3 s reach into their neighbours, so that no call is "
        "cut (s); 0 does as the batdetect2 package does",
    )
    part: Annotated[float, NoUserPrompt] = Field(
        default=0.3,
        ge=0.1,
        le=3,
        description="how much is held in memory at full detail (s); it changes no result",
    )
    threads: Annotated[int, NoUserPrompt] = Field(
        default=1, ge=1, le=256, description="how many cores BatDetect2 may keep busy"
    )


class BatDetect2Options(BatDetect2Choices):
    """The same, and from which score a call counts."""

    threshold: float = Field(
        default=0.3, ge=0.01, le=1, description="lowest score of a call that is reported"
    )
