"""BatDetect2: where bats call, and which."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from acoupi.audio.sound import open_sound
from acoupi.data import BoundingBox, EventDetection, PredictedTag, Recording, Tag
from acoupi.errors import ConfigurationError
from acoupi.models.batdetect2.calls import Call, find_calls, most_certain, without_twins
from acoupi.models.batdetect2.front_end import spectrogram
from acoupi.models.batdetect2.options import BatDetect2Options
from acoupi.models.batdetect2.parts import PartwiseNetwork
from acoupi.models.batdetect2.resampling import Tape
from acoupi.models.batdetect2.settings import SETTINGS, load_settings
from acoupi.models.batdetect2.stretches import Stretch, stretches
from acoupi.models.listener import Listener

__all__ = ["STRETCH_S", "BatDetect2"]

STRETCH_S = 3
"""What the network sees at once, as in the package it comes from."""


class BatDetect2(Listener):
    """Finds each call of a bat, and tells which of 17 British species it is of.

    Each call is an event with its box in time and frequency. Its score says how
    certain it is that it is a call; the confidence of its tags ``species``, that
    it is a call and of that species. Times are those in the file, frequencies
    those in the air.

    Parameters
    ----------
    folder
        Where it is installed.
    options
        How it listens, and which calls count.
    name
        What its outputs are stored under.

    Raises
    ------
    ConfigurationError
        If the options name a species that it does not know.
    ModelError
        If it is not installed there.
    """

    name: str

    def __init__(
        self, folder: Path, options: BatDetect2Options | None = None, name: str = "batdetect2"
    ) -> None:
        self.name = name
        self.options = options or BatDetect2Options()
        self.settings = load_settings(folder / SETTINGS)
        self._folder = folder
        unknown = set(self.options.species) - set(self.settings.species)
        if unknown:
            raise ConfigurationError(
                f"BatDetect2 does not know {', '.join(sorted(unknown))}",
                help=f"it knows {', '.join(self.settings.species)}",
            )

    @cached_property
    def _network(self) -> PartwiseNetwork:
        part_px = round(self.options.part / self.settings.pixel_s)
        return PartwiseNetwork(self._folder, self.settings, part_px, self.options.threads)

    def warm_up(self) -> None:
        """Load the network and use it once, so that the first recording waits for neither."""
        samples = np.zeros(self.settings.window, np.float32)
        list(self._network.run(spectrogram(samples, self.settings)))

    def find(self, path: Path, recording: Recording) -> list[EventDetection]:
        """Return the calls, in the order of time."""
        expansion = recording.time_expansion
        tape = Tape.of(open_sound(path), self.settings.rate_hz, expansion)
        return [self._detection(call, expansion) for call in self.calls(tape)]

    def calls(self, tape: Tape) -> list[Call]:
        """Find the calls in sound, in the order of time."""
        rate_hz = self.settings.rate_hz
        reach = round(self.options.overlap / self.settings.pixel_s) * self._pixel
        found = [
            call
            for stretch in stretches(tape.samples, STRETCH_S * rate_hz, reach)
            for call in self._calls_in(stretch, tape)
        ]
        kept = without_twins(found, self.settings) if reach else found
        return [call for call in kept if call.high_hz <= tape.highest_hz and self._counts(call)]

    @property
    def _pixel(self) -> int:
        return self.settings.hop * self.settings.moments_per_pixel

    def _calls_in(self, stretch: Stretch, tape: Tape) -> Iterator[Call]:
        image = spectrogram(tape.read(stretch.begin, stretch.end - stretch.begin), self.settings)
        calls = [
            call
            for part, maps in self._network.run(image)
            for call in find_calls(
                maps, self.settings, self.options.threshold, part.own, part.begin
            )
        ]
        begin_s = stretch.begin / self.settings.rate_hz
        for call in most_certain(calls, self.settings, image.shape[1]):
            moved = replace(call, start_s=begin_s + call.start_s, end_s=begin_s + call.end_s)
            if self._begins_in(moved, stretch, tape):
                yield moved

    def _begins_in(self, call: Call, stretch: Stretch, tape: Tape) -> bool:
        """Tell whether a call is none of a neighbour's; twins at the border are found later."""
        twin_s = self.settings.nms_size / 2 * self.settings.pixel_s
        rate_hz = self.settings.rate_hz
        is_after = (
            stretch.begin == stretch.start or call.start_s > stretch.start / rate_hz - twin_s
        )
        is_before = stretch.end == stretch.stop or call.start_s < stretch.stop / rate_hz + twin_s
        return is_after and is_before

    def _counts(self, call: Call) -> bool:
        likeliest, _ = call.species[0]
        return not self.options.species or likeliest in self.options.species

    def _detection(self, call: Call, expansion: float) -> EventDetection:
        (first, *others) = call.species
        named = [first, *(one for one in others if one[1] >= self.options.species_threshold)]
        return EventDetection(
            location=BoundingBox.from_coordinates(
                call.start_s * expansion, call.low_hz, call.end_s * expansion, call.high_hz
            ),
            detection_score=call.score,
            tags=[PredictedTag(Tag("species", name), share) for name, share in named],
        )
