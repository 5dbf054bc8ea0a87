"""Which of BirdNET's scores count."""

import numpy as np

from acoupi.models.birdnet.labels import Label, Labels
from acoupi.models.birdnet.options import BirdNetOptions
from acoupi.models.networks import Floats

__all__ = ["NEVER", "least_scores", "scores_of"]

NEVER = 2.0
"""No score reaches it."""

STEEPEST = 15.0
"""Beyond it a logit says nothing more, in single precision."""


def scores_of(logits: Floats, sensitivity: float = 1.0) -> Floats:
    """Return scores from 0 to 1."""
    steep = np.clip(logits, -STEEPEST, STEEPEST) * np.float32(sensitivity)
    return np.reciprocal(1 + np.exp(-steep), dtype=np.float32)


def least_scores(labels: Labels, options: BirdNetOptions) -> Floats:
    """Return, for each label, the score from which on it is reported.

    Noise that the options name is reported; people are only if they say so.

    Raises
    ------
    ConfigurationError
        If the options name a species that BirdNET does not know.
    """
    least = np.full(len(labels), NEVER, np.float32)
    chosen = labels.find_all(options.species)
    least[chosen or _usual(labels, options)] = options.threshold
    for name, score in options.thresholds.items():
        index = labels.find(name)
        if not chosen or index in chosen:
            least[index] = score
    if not options.keep_human:
        least[[index for index, label in enumerate(labels.labels) if label.is_human]] = NEVER
    return least


def _usual(labels: Labels, options: BirdNetOptions) -> list[int]:
    def counts(label: Label) -> bool:
        return options.keep_noise or not label.is_noise

    return [index for index, label in enumerate(labels.labels) if counts(label)]
