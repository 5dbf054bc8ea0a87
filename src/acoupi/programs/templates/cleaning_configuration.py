"""What can be set of what is believed of a model."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from acoupi.config.fields import NoUserPrompt

__all__ = ["ConfirmationConfiguration", "DetectionsConfiguration", "DynamicThresholdConfiguration"]


class ConfirmationConfiguration(BaseModel):
    """How often a species must be found."""

    times: int = Field(default=2, ge=2, description="how often, in one recording or several")
    within_s: float = Field(default=60, gt=0, description="in which time (s)")


class DynamicThresholdConfiguration(BaseModel):
    """When a lower score is believed."""

    floor: float = Field(
        default=0.1, gt=0, le=1, description="lowest score of a species that was heard for sure"
    )
    sure_from: float = Field(
        default=0.8, gt=0, le=1, description="from which score on it was heard for sure"
    )
    lasts_h: float = Field(
        default=6, gt=0, le=240, description="for how long a lower score is believed then (h)"
    )


class DetectionsConfiguration(BaseModel):
    """What to believe of what the model says."""

    threshold: float = Field(
        default=0.2, ge=0, le=1, description="lowest score that is stored and sent"
    )
    confirmation: Annotated[ConfirmationConfiguration | None, NoUserPrompt] = Field(
        default=None,
        description="store and send only species that are found several times; "
        "all of them if this is null",
    )
    dynamic_threshold: Annotated[DynamicThresholdConfiguration | None, NoUserPrompt] = Field(
        default=None,
        description="lower the threshold of a species after it was heard for sure, "
        "unless this is null",
    )

    @property
    def lowest_score(self) -> float:
        """The lowest score that may be stored and sent, at any time."""
        dynamic = self.dynamic_threshold
        return self.threshold if dynamic is None else dynamic.floor

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        dynamic = self.dynamic_threshold
        if dynamic is None or dynamic.floor <= self.threshold <= dynamic.sure_from:
            return self
        raise ValueError(
            f"the threshold ({self.threshold:g}) must lie between dynamic_threshold.floor "
            f"({dynamic.floor:g}) and dynamic_threshold.sure_from ({dynamic.sure_from:g})"
        )
