"""BirdNET v2.4: which species are heard in each three seconds."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from acoupi.data import BoundingBox, PredictedTag, PresenceDetection, Recording, Tag
from acoupi.errors import ModelError
from acoupi.models.audio_for_models import stream_for_model
from acoupi.models.birdnet.choice import NEVER, least_scores, scores_of
from acoupi.models.birdnet.files import CLASSIFIER, RANGE, labels_in
from acoupi.models.birdnet.labels import Label
from acoupi.models.birdnet.options import BirdNetOptions
from acoupi.models.birdnet.range_filter import RangeFilter
from acoupi.models.birdnet.season import Place, place_of
from acoupi.models.listener import Listener, file_of
from acoupi.models.networks import Floats, Network, checked, find_network, open_network
from acoupi.models.windows import Window, Windows, batches, box_of

__all__ = ["RATE_HZ", "WINDOW_S", "BirdNet"]

RATE_HZ = 48_000
WINDOW_S = 3.0
HIGHEST_HZ = 15_000.0
"""Above it, BirdNET's spectrograms have no band."""

EMBEDDING = 1024
BATCH = 4
"""Windows the network hears at once: a tenth faster than one by one; more gain nothing."""


class BirdNet(Listener):
    """Tells which of 6522 species and noises are heard in each three seconds.

    Each detection has the tags ``species`` (the scientific name) and, in the
    language that is chosen, ``common_name``. Times are those in the file. With
    coordinates in the deployment, species that do not live there at the time of
    the year are left out.

    Parameters
    ----------
    folder
        Where it is installed.
    options
        How it listens, and which of its answers count.
    name
        What its outputs are stored under.

    Raises
    ------
    ConfigurationError
        If the options name a species that BirdNET does not know.
    ModelError
        If it is not installed there.
    """

    name: str

    def __init__(
        self, folder: Path, options: BirdNetOptions | None = None, name: str = "birdnet-v2.4"
    ) -> None:
        self.options = options or BirdNetOptions()
        self.name = name
        self.labels = labels_in(folder, self.options.language)
        self._path = find_network(folder, CLASSIFIER)
        self._least = least_scores(self.labels, self.options)
        self._range = RangeFilter(find_network(folder, RANGE), len(self.labels))
        self._windows = Windows(RATE_HZ, WINDOW_S, self.options.overlap)

    @cached_property
    def _network(self) -> Network:
        return open_network(self._path, self.options.threads)

    @cached_property
    def settled_species(self) -> frozenset[str]:
        """Species with a threshold of their own, which no other changes."""
        indices = map(self.labels.find, self.options.thresholds)
        return frozenset(self.labels.labels[index].scientific for index in indices)

    def warm_up(self) -> None:
        """Load the network and use it once, so that the first recording waits for neither."""
        self._network.run(np.zeros((1, self._windows.length), np.float32))

    def find(self, path: Path, recording: Recording) -> list[PresenceDetection]:
        """Return the species whose scores count there and then, window by window."""
        least = self._least_at(place_of(recording))
        return [
            detection
            for window, outputs in self._answers(path, recording)
            for detection in self._detections(
                outputs[0][0], least, box_of(window, recording, 0, HIGHEST_HZ)
            )
        ]

    def embeddings(self, recording: Recording) -> Floats:
        """Return 1024 numbers for each window that say what it sounds like.

        Raises
        ------
        ModelError
            If BirdNET is installed without them, as for LiteRT.
        """
        outputs = [outputs for _, outputs in self._answers(file_of(recording), recording)]
        if any(len(each) < 2 for each in outputs):
            raise ModelError(
                f"{self._path} gives no embeddings", help="pip install 'acoupi[birdnet]'"
            )
        return np.concatenate(
            [each[1] for each in outputs] or [np.empty((0, EMBEDDING), np.float32)]
        )

    def _answers(self, path: Path, recording: Recording) -> Iterator[tuple[Window, list[Floats]]]:
        """Yield each window with what the network says of it."""
        blocks = stream_for_model(path, RATE_HZ, recording.time_expansion)
        for windows in batches(self._windows.of_blocks(blocks), BATCH):
            outputs = self._network.run(np.stack([window.samples for window in windows]))
            checked(outputs[0], (len(windows), len(self.labels)), self.name)
            for n, window in enumerate(windows):
                yield window, [each[n : n + 1] for each in outputs]

    def _least_at(self, place: Place | None) -> Floats:
        """Return the scores that count, given where and when."""
        if place is None or not self.options.range_filter or self.options.species:
            return self._least
        expected = self._range.expected(place, self.options.range_threshold)
        return np.where(expected, self._least, np.float32(NEVER))

    def _detections(
        self, logits: Floats, least: Floats, location: BoundingBox
    ) -> Iterator[PresenceDetection]:
        scores = scores_of(logits, self.options.sensitivity)
        found: Sequence[int] = np.flatnonzero(scores >= least).tolist()
        for index in sorted(found, key=lambda index: -scores[index]):
            yield _detection(self._tags(self.labels[index]), float(scores[index]), location)

    def _tags(self, label: Label) -> list[Tag]:
        species = Tag("species", label.scientific)
        if not self.options.language:
            return [species]
        return [species, Tag("common_name", label.common)]


def _detection(tags: list[Tag], score: float, location: BoundingBox) -> PresenceDetection:
    return PresenceDetection(
        location=location,
        detection_score=score,
        tags=[PredictedTag(tag, score) for tag in tags],
    )
