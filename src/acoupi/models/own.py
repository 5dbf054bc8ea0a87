"""Somebody's own network: windows of sound to a score for each label."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from acoupi.data import PredictedTag, PresenceDetection, Recording, Tag
from acoupi.errors import ModelError
from acoupi.models.answers import SLACK
from acoupi.models.audio_for_models import stream_for_model
from acoupi.models.listener import Listener
from acoupi.models.networks import Floats, Network, checked, find_network, open_network
from acoupi.models.option_reading import read_options
from acoupi.models.shelf.manifest import Manifest
from acoupi.models.windows import Window, Windows, box_of

__all__ = [
    "LABELS",
    "NETWORK",
    "OwnModel",
    "OwnOptions",
    "open_own",
    "scaled",
    "scores_of",
    "shaped",
]

LABELS = "labels.txt"
NETWORK = "network"


class OwnOptions(BaseModel):
    """What can be set for a network of one's own."""

    model_config = ConfigDict(extra="forbid")

    threshold: float | None = Field(default=None, ge=0, le=1)
    """Lowest score that is reported; by default what the manifest says."""

    threads: int = Field(default=1, ge=1, le=256)


class OwnModel(Listener):
    """Scores each label in each window of a recording.

    Parameters
    ----------
    folder
        With the network and its labels, one a line.
    manifest
        What the network expects, and what it says.
    options
        Which answers count.

    Raises
    ------
    ModelError
        If a file is missing.
    """

    name: str

    def __init__(self, folder: Path, manifest: Manifest, options: OwnOptions) -> None:
        self.manifest = manifest
        self.options = options
        self._path = find_network(folder, NETWORK)
        self.name = f"{manifest.name}-{manifest.files[self._path.name][:8]}"
        self.labels = (folder / LABELS).read_text("utf-8").splitlines()
        self._least = manifest.threshold if options.threshold is None else options.threshold
        self._windows = Windows(manifest.rate_hz, manifest.window_s, manifest.overlap_s)

    @cached_property
    def _network(self) -> Network:
        return open_network(self._path, self.options.threads)

    def warm_up(self) -> None:
        """Load the network and use it once."""
        self._scores(np.zeros(self._windows.length, np.float32))

    def find(self, path: Path, recording: Recording) -> list[PresenceDetection]:
        """Return the labels whose scores count, window by window."""
        blocks = stream_for_model(path, self.manifest.rate_hz, recording.time_expansion)
        return [
            detection
            for window in self._windows.of_blocks(blocks)
            for detection in self._detections(window, recording)
        ]

    def _detections(self, window: Window, recording: Recording) -> Iterator[PresenceDetection]:
        scores, about = self._scores(window.samples), self.manifest
        location = box_of(window, recording, about.low_hz, about.high_hz or about.rate_hz / 2)
        for index in np.flatnonzero(scores >= self._least).tolist():
            score = float(scores[index])
            tag = PredictedTag(Tag(self.manifest.tag, self.labels[index]), score)
            yield PresenceDetection(location=location, detection_score=score, tags=[tag])

    def _scores(self, samples: Floats) -> Floats:
        taken = shaped(scaled(samples, self.manifest.input), self._network.input_shape)
        answer = self._network.run(taken)[0]
        if answer.shape == (len(self.labels),):
            answer = answer[None]
        return scores_of(
            checked(answer, (1, len(self.labels)), self.name)[0], self.manifest.output, self.name
        )


def open_own(folder: Path, manifest: Manifest, options: Mapping[str, Any]) -> OwnModel:
    """Make the model of a folder."""
    return OwnModel(folder, manifest, read_options(OwnOptions, options, manifest.name))


def scaled(samples: Floats, kind: str) -> Floats:
    """Return samples, which are from -1 to 1, as a network wants them."""
    if kind == "int16":
        return samples * np.float32(32_768)
    if kind == "peak":
        return samples / (np.abs(samples).max(initial=0) or np.float32(1))
    return samples


def shaped(samples: Floats, shape: Sequence[object]) -> Floats:
    """Return a window in the shape that a network takes.

    That is ``(samples)``, or behind a batch of one ``(samples)``, ``(1, samples)`` or
    ``(samples, 1)``.
    """
    if len(shape) == 1:
        return samples
    if len(shape) == 3:
        return samples[None, :, None] if shape[2] == 1 else samples[None, None]
    return samples[None]


def scores_of(answer: Floats, kind: str, who: str) -> Floats:
    """Return scores from 0 to 1.

    Raises
    ------
    ModelError
        If what should be scores already is none.
    """
    if kind == "logits":
        return np.reciprocal(1 + np.exp(-np.clip(answer, -30, 30)), dtype=np.float32)
    if kind == "softmax":
        odds = np.exp(answer - answer.max())
        return odds / odds.sum()
    if answer.min(initial=0) < -SLACK or answer.max(initial=0) > 1 + SLACK:
        raise ModelError(
            f"{who} gives scores from {answer.min():g} to {answer.max():g}, not from 0 to 1",
            help="install it with --output logits or --output softmax if it gives these",
        )
    return answer.clip(0, 1)
