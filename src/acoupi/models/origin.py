"""Which build of a model an output is from."""

from collections.abc import Sequence

from acoupi.components.types import Model
from acoupi.data import Detection, ModelOutput, Recording

__all__ = ["output_of"]


def output_of(model: Model, recording: Recording, detections: Sequence[Detection]) -> ModelOutput:
    """Make what a model says of a recording, with its version and hash if it has them."""
    return ModelOutput(
        name_model=model.name,
        model_version=str(getattr(model, "version", "")),
        model_hash=str(getattr(model, "sha256", "")),
        recording=recording,
        detections=detections,
    )
