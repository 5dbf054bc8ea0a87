"""What is kept because of a detection near it."""

from acoupi.components.saving_filters import SavingThreshold
from acoupi.components.saving_filters.surroundings import SavingSurroundings, TimeIndex
from acoupi.components.types import Store
from acoupi.errors import ConfigurationError

__all__ = ["keep_around"]

GRACE_S = 30
"""How long the store may take to learn of a recording that has ended."""


def keep_around(
    store: Store, threshold: float, pre_roll_s: float, post_roll_s: float, recording_s: float
) -> SavingThreshold:
    """Build the filter that keeps good detections, and what is around them if wanted.

    Parameters
    ----------
    store
        Where the recordings around one are found.
    threshold
        The lowest score that counts.
    pre_roll_s, post_roll_s
        How long before and after a detection is kept.
    recording_s
        How long it takes until the next recording is there.

    Raises
    ------
    ConfigurationError
        If the store cannot find recordings by their time.
    """
    if not pre_roll_s and not post_roll_s:
        return SavingThreshold(threshold)
    if not isinstance(store, TimeIndex):
        raise ConfigurationError(
            f"{type(store).__name__} cannot find what was recorded around a detection",
            help="set saving.pre_roll_s and saving.post_roll_s to 0, or keep data in SqliteStore",
        )
    return SavingSurroundings(
        store, threshold, pre_roll_s, post_roll_s, patience_s=recording_s + GRACE_S
    )
