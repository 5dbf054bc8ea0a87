"""A detector that needs no weights: it hears that something sounds, not what."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from acoupi.audio.sound import Sound, open_sound
from acoupi.data import BoundingBox, EventDetection, PredictedTag, Recording, Tag
from acoupi.models.listener import Listener
from acoupi.models.presets import PRESETS, Preset, preset_for

if TYPE_CHECKING:
    from acoupi.models.events import Event
    from acoupi.models.spectrum import Grid

__all__ = ["ActivityDetector"]

AUTO = "auto"
THRESHOLD_DB = 10.0
"""Measured: at 8 dB as many calls are found and more besides, at 12 dB some are lost."""

EVEN_ODDS_DB = 6.0
"""How far above the threshold an event is as likely as not to be a call of interest."""

ODDS_STEP_DB = 3.0
"""Steepness of the score."""

BLOCK_S = 10.0
"""Stretch of sound that has one noise floor, about."""


class ActivityDetector(Listener):
    """Finds sounds that stand out of the noise, each as one event.

    It tells no species: an event is tagged ``activity`` with the band's name,
    and ``peak_frequency_hz``. Times are those in the file, as
    ``Recording.duration`` counts them. Frequencies are those in the air, which
    with time expansion are higher than those in the file.

    Parameters
    ----------
    preset
        ``"audible"``, ``"ultrasonic"``, or a preset of your own; ``"auto"``
        chooses for each recording by its sample rate (ultrasonic from 96 kHz).
    threshold_db
        How far above the noise floor counts as activity.
    """

    name: str
    version = "1"

    def __init__(self, preset: str | Preset = AUTO, threshold_db: float = THRESHOLD_DB) -> None:
        if isinstance(preset, str) and preset not in (AUTO, *PRESETS):
            raise ValueError(f"there is no preset {preset!r}; try: {', '.join((AUTO, *PRESETS))}")
        self.preset = PRESETS.get(preset) if isinstance(preset, str) else preset
        self.threshold_db = threshold_db
        preset_name = self.preset.name if self.preset else AUTO
        self.name = f"acoupi-activity-{preset_name}-{self.version}"

    def find(self, path: Path, recording: Recording) -> list[EventDetection]:
        """Return the sounds that stand out."""
        from acoupi.models.events import join_events
        from acoupi.models.spectrum import Grid

        sound = open_sound(path)
        rate_hz = sound.format.rate_hz * recording.time_expansion
        preset = self.preset or preset_for(rate_hz)
        grid = Grid.of(preset, rate_hz)
        max_gap = preset.max_gap_s * rate_hz / grid.hop
        events = join_events(self._events(sound, grid), max_gap)
        return [self._detection(event, grid, sound, preset) for event in events]

    def _events(self, sound: Sound, grid: Grid) -> Iterator[Event]:
        from acoupi.audio.samples import read_mono
        from acoupi.models.events import find_events
        from acoupi.models.spectrum import excess_db

        if grid.bins < 3:
            return
        for first, frames in _blocks(grid.frames_in(sound.frames), grid):
            samples = (frames - 1) * grid.hop + grid.window
            heard = read_mono(sound, first * grid.hop, samples)
            yield from find_events(excess_db(heard, grid), self.threshold_db, first)

    def _detection(self, event: Event, grid: Grid, sound: Sound, preset: Preset) -> EventDetection:
        # Row i of the smoothed matrix is the spectrum i + 1.
        start = (event.start + 1) * grid.hop
        end = event.end * grid.hop + grid.window
        low_hz, high_hz = grid.frequency_hz(event.low), grid.frequency_hz(event.high - 1)
        score = self._score(event.excess_db)
        rate_hz = sound.format.rate_hz
        return EventDetection(
            location=BoundingBox.from_coordinates(start / rate_hz, low_hz, end / rate_hz, high_hz),
            detection_score=score,
            tags=[
                PredictedTag(Tag("activity", preset.name), score),
                PredictedTag(
                    Tag("peak_frequency_hz", f"{grid.frequency_hz(event.peak):.0f}"), score
                ),
            ],
        )

    def _score(self, excess_db: float) -> float:
        odds = (excess_db - self.threshold_db - EVEN_ODDS_DB) / ODDS_STEP_DB
        return round(1 / (1 + math.exp(-odds)), 3)


def _blocks(frames: int, grid: Grid) -> Iterator[tuple[int, int]]:
    """Divide the spectra of a recording into even blocks: first one, and how many.

    Neighbours share two spectra, as many as the smoothing takes off.
    """
    if frames < 3:
        return
    per_block = max(3, round(BLOCK_S * grid.rate_hz / grid.hop))
    count = max(1, round(frames / per_block))
    bounds = [1 + n * (frames - 2) // count for n in range(count + 1)]
    for start, end in pairwise(bounds):
        yield start - 1, end - start + 2
