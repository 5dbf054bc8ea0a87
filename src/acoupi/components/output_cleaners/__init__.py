"""What to remove from model outputs before they are stored."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.components.output_cleaners.confirmation import (
        RepeatConfirmation as RepeatConfirmation,
    )
    from acoupi.components.output_cleaners.dynamic import DynamicThreshold as DynamicThreshold
    from acoupi.components.output_cleaners.threshold import (
        ThresholdDetectionCleaner as ThresholdDetectionCleaner,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "DynamicThreshold": ".dynamic",
        "RepeatConfirmation": ".confirmation",
        "ThresholdDetectionCleaner": ".threshold",
    },
)
