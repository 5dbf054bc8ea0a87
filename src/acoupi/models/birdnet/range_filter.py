"""Which species live somewhere at a time of the year."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acoupi.models.birdnet.season import Place
from acoupi.models.networks import Floats, checked, open_network

__all__ = ["RangeFilter"]


class RangeFilter:
    """Tells how likely each species is to be met.

    The network is loaded for a question and let go: it is asked once a week.

    Parameters
    ----------
    path
        Where the network is.
    species
        How many it knows.
    """

    def __init__(self, path: Path, species: int) -> None:
        self.path = path
        self.species = species
        self._last: tuple[Place, Floats] | None = None

    def likelihoods(self, place: Place) -> Floats:
        """Return a number from 0 to 1 for each species.

        Raises
        ------
        ModelError
            If the network cannot be loaded, or answers nonsense.
        """
        if self._last is None or self._last[0] != place:
            self._last = place, self._ask(place)
        return self._last[1]

    def expected(self, place: Place, threshold: float) -> NDArray[np.bool_]:
        """Tell of each species whether it is to be expected."""
        return self.likelihoods(place) >= threshold

    def _ask(self, place: Place) -> Floats:
        question = np.array([[place.latitude, place.longitude, place.week]], np.float32)
        answer = open_network(self.path).run(question)[0]
        return checked(answer, (1, self.species), str(self.path))[0]
