"""What is believed of what models say, beyond a threshold."""

import logging
from collections.abc import Callable, Collection, Iterable

from acoupi.components.heard import HeardInMemory
from acoupi.components.output_cleaners import DynamicThreshold, RepeatConfirmation
from acoupi.components.types import HeardLog, Model, ModelOutputCleaner, Store
from acoupi.programs.templates.cleaning_configuration import DetectionsConfiguration

__all__ = ["cleaners_of", "settled_species"]

logger = logging.getLogger(__name__)

HOUR_S = 3600


def cleaners_of(
    detections: DetectionsConfiguration, store: Store, settled: Callable[[], Collection[str]]
) -> list[ModelOutputCleaner]:
    """Make what is configured of a dynamic threshold and of confirmation.

    Parameters
    ----------
    detections
        What to believe.
    store
        Remembers what was heard, if it can; else the process does.
    settled
        Returns the species that have thresholds of their own; called late.
    """
    log = store if isinstance(store, HeardLog) else HeardInMemory()
    cleaners: list[ModelOutputCleaner] = []
    dynamic, confirmation = detections.dynamic_threshold, detections.confirmation
    if dynamic is not None:
        lasts_s = dynamic.lasts_h * HOUR_S
        cleaners.append(
            DynamicThreshold(
                detections.threshold, dynamic.floor, dynamic.sure_from, lasts_s, log, settled
            )
        )
    if confirmation is not None:
        cleaners.append(RepeatConfirmation(confirmation.times, confirmation.within_s, log))
    return cleaners


def settled_species(models: Iterable[Model]) -> set[str]:
    """Return the species that models have thresholds of their own for, and have judged."""
    found: set[str] = set()
    for model in models:
        try:
            found.update(getattr(model, "settled_species", ()))
        except Exception as error:  # noqa: BLE001 - one that cannot be built finds nothing either
            logger.warning("a model cannot say which species it has judged: %s", error)
    return found
