"""Looking at a spectrogram part by part, as if at the whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from acoupi.models.batdetect2.calls import Maps
from acoupi.models.batdetect2.front_end import Spectrogram
from acoupi.models.batdetect2.network import ATTENTION, DECODER, ENCODER
from acoupi.models.batdetect2.settings import Settings
from acoupi.models.networks import Floats, OnnxSession, checked

__all__ = ["DECODER_SEES_PX", "ENCODER_SEES_PX", "Part", "PartwiseNetwork", "divide"]

WHO = "batdetect2"

SEEN = ("fine", "middle", "coarse", "moments")
"""What the encoder gives."""

COARSE_PX = 8
"""Columns that are one at the bottom of the network."""

ENCODER_SEES_PX = 16
"""How far to each side what the encoder says of a column depends on others, at most."""

DECODER_SEES_PX = 32
"""The same of the decoder and the search for peaks."""


@dataclass(frozen=True)
class Part:
    """Some columns, and those to each side that are looked at with them."""

    begin: int
    start: int
    stop: int
    end: int

    @property
    def own(self) -> slice:
        """Its columns, counted from where it begins."""
        return slice(self.start - self.begin, self.stop - self.begin)


def divide(width: int, part_px: int, sees_px: int) -> list[Part]:
    """Divide a spectrogram into parts of about equal width.

    Parameters
    ----------
    width
        Of the spectrogram; a multiple of 8.
    part_px
        About how wide a part should be.
    sees_px
        How far beyond its columns a part reaches; a multiple of 8.
    """
    count = max(1, round(width / part_px))
    bounds = [n * (width // COARSE_PX) // count * COARSE_PX for n in range(count + 1)]
    return [
        Part(max(0, start - sees_px), start, stop, min(width, stop + sees_px))
        for start, stop in pairwise(bounds)
    ]


class PartwiseNetwork:
    """The three files of the network, one after the other.

    Parameters
    ----------
    folder
        Where they are.
    settings
        Of the network.
    part_px
        How many columns to look at together; fewer need less memory.
    threads
        How many cores to keep busy.

    Raises
    ------
    ModelError
        If one of them cannot be loaded.
    """

    def __init__(self, folder: Path, settings: Settings, part_px: int, threads: int = 1) -> None:
        self._part_px = part_px
        self._height, self._species = settings.height, len(settings.species)
        self._encoder, self._attention, self._decoder = (
            OnnxSession(folder / f"{name}.onnx", threads) for name in (ENCODER, ATTENTION, DECODER)
        )

    def run(self, image: Spectrogram) -> Iterator[tuple[Part, Maps]]:
        """Yield each part with what the network says of its columns and those around it."""
        width = image.shape[1]
        seen = self._seen(image)
        (context,) = self._attention.run({"moments": seen.pop("moments")})
        seen["context"] = context
        for part in divide(width, self._part_px, DECODER_SEES_PX):
            near = {name: _columns(each, width, part) for name, each in seen.items()}
            yield part, self._maps(self._decoder.run(near), part)

    def _maps(self, outputs: list[Floats], part: Part) -> Maps:
        shape = (self._height, part.end - part.begin)
        channels = (1, 2, self._species)
        peaks, sizes, classes = (
            checked(output, (1, count, *shape), WHO)
            for output, count in zip(outputs, channels, strict=True)
        )
        return Maps(peaks[0, 0], sizes[0], classes[0])

    def _seen(self, image: Spectrogram) -> dict[str, Floats]:
        """Return what the encoder gives for the whole of a spectrogram."""
        whole: dict[str, Floats] = {}
        width = image.shape[1]
        for part in divide(width, self._part_px, ENCODER_SEES_PX):
            piece = image[None, None, :, part.begin : part.end]
            for name, output in zip(SEEN, self._encoder.run({"spectrogram": piece}), strict=True):
                px = (part.end - part.begin) // output.shape[-1]
                if name not in whole:
                    whole[name] = np.empty((*output.shape[:-1], width // px), np.float32)
                own = output[..., part.own.start // px : part.own.stop // px]
                whole[name][..., part.start // px : part.stop // px] = own
        return whole


def _columns(seen: Floats, width: int, part: Part) -> Floats:
    """Cut out what a part reaches."""
    px = width // seen.shape[-1]
    return np.ascontiguousarray(seen[..., part.begin // px : part.end // px])
