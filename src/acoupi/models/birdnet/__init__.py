"""BirdNET v2.4 by onnxruntime or LiteRT, without TensorFlow."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.models.birdnet.classifier import BirdNet as BirdNet
    from acoupi.models.birdnet.options import (
        BirdNetChoices as BirdNetChoices,
        BirdNetOptions as BirdNetOptions,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "BirdNet": ".classifier",
        "BirdNetChoices": ".options",
        "BirdNetOptions": ".options",
    },
)
