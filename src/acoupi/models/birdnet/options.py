"""What can be set for BirdNET."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from acoupi.config.fields import NoUserPrompt

__all__ = ["BirdNetChoices", "BirdNetOptions"]

Score = Annotated[float, Field(ge=0, le=1)]


class BirdNetChoices(BaseModel):
    """How BirdNET listens, and which of its answers count."""

    model_config = ConfigDict(extra="forbid")

    thresholds: Annotated[dict[str, Score], NoUserPrompt] = Field(
        default_factory=dict[str, float],
        description="lowest scores of single species, by scientific or common name",
    )
    sensitivity: Annotated[float, NoUserPrompt] = Field(
        default=1.0,
        ge=0.5,
        le=1.5,
        description="above 1, scores are further apart; below, closer together",
    )
    overlap: float = Field(
        default=0.0, ge=0, le=2.9, description="how far windows of 3 s overlap (s)"
    )
    species: Annotated[list[str], NoUserPrompt] = Field(
        default_factory=list[str],
        description="report only these, wherever the sensor is; none: all",
    )
    range_filter: bool = Field(
        default=True,
        description="report only species that live at the deployment's coordinates at the time "
        "of the year",
    )
    range_threshold: Annotated[float, NoUserPrompt] = Field(
        default=0.03,
        ge=0,
        le=1,
        description="how likely a species must be to count as living there",
    )
    keep_human: Annotated[bool, NoUserPrompt] = Field(
        default=False, description="report human voices too"
    )
    keep_noise: Annotated[bool, NoUserPrompt] = Field(
        default=False, description="report engines, dogs, sirens and the like too"
    )
    language: Annotated[str, NoUserPrompt] = Field(
        default="en",
        description="language of the common names that are reported beside the scientific ones, "
        "if it is installed; empty: none",
    )
    threads: Annotated[int, NoUserPrompt] = Field(
        default=1, ge=1, le=256, description="how many cores BirdNET may keep busy"
    )


class BirdNetOptions(BirdNetChoices):
    """All that can be set."""

    threshold: float = Field(
        default=0.25, ge=0.01, le=1, description="lowest score that is reported"
    )
