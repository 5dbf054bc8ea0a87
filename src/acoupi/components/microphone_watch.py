"""Measures what a microphone gives, on its way to the disk."""

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from acoupi._clock import monotonic_s
from acoupi.audio.loss import Lost
from acoupi.audio.microphone_health.figures import Figures
from acoupi.audio.microphone_health.history import Channel, MicrophoneHealth
from acoupi.audio.microphone_health.kept import load_health, save_health
from acoupi.audio.microphone_health.wording import describe_symptom
from acoupi.audio.wav import WavFormat
from acoupi.data import Deployment, Recording

if TYPE_CHECKING:
    from acoupi.audio.microphone_health.measure import Measure

__all__ = ["MicrophoneWatch"]

UNMEASURABLE = (ValueError, ArithmeticError, MemoryError)

WRITE_S = 60.0
"""How seldom what is measured is written, for the card's sake, if nothing is wrong."""


class MicrophoneWatch:
    """Passes everything on, and measures a sample of it.

    Whatever goes wrong in it, the sound goes on its way.

    Parameters
    ----------
    device_name
        Of the microphone.
    kept
        The file of its history.
    logger
        Where it says what it finds.
    name
        What the microphone is called, where there are several.
    """

    def __init__(
        self,
        device_name: str,
        kept: Path,
        logger: logging.Logger | None = None,
        name: str = "",
    ) -> None:
        self.device_name = device_name
        self.name = name
        self.kept = kept
        self._logger = logger or logging.getLogger(__name__)
        self._health: MicrophoneHealth | None = None
        self._begun: tuple[Measure | None, Recording] | None = None
        self._written_s = float("-inf")
        self._is_kept = False

    def begin(self, format: WavFormat, recording: Recording) -> None:
        """Begin with a recording."""
        self._begun = self._start_measuring(format, recording), recording

    def sift(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Pass the sound of the recording on."""
        measure, recording = self._begun or (None, None)
        try:
            for block in blocks:
                measure = self._look_at(block, measure)
                yield block
        finally:  # what came before a failure was heard
            if measure is not None and recording is not None:
                self._note(measure, recording)

    def losses(self) -> list[Lost]:
        """Return nothing: nothing is taken out."""
        return []

    def _start_measuring(self, format: WavFormat, recording: Recording) -> "Measure | None":
        try:
            from acoupi.audio.microphone_health.measure import Measure
        except ImportError as error:
            self._logger.warning("microphones are not watched without numpy: %s", error)
            return None
        return Measure(format, format.rate_hz * recording.time_expansion)

    def _look_at(self, block: bytes, measure: "Measure | None") -> "Measure | None":
        """Measure a block, and return what goes on measuring."""
        try:
            if measure is not None:
                measure.note(block)
        except UNMEASURABLE as error:
            self._give_up(error)
            return None
        return measure

    def _note(self, measure: "Measure", recording: Recording) -> None:
        try:
            heard = measure.figures()
            if heard:
                health = self._history(recording, measure.octaves_hz, len(heard))
                self._note_in(health, heard, recording.created_on)
        except UNMEASURABLE as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._logger.warning("%r could not be measured: %s", self.device_name, error)

    def _note_in(
        self, health: MicrophoneHealth, heard: list[Figures], instant: dt.datetime
    ) -> None:
        before, self._health = health.symptoms, health
        is_news = health.note(heard, instant)
        for number, symptom in health.symptoms:
            if (number, symptom) not in before:
                self._logger.warning("%s", describe_symptom(health, number, symptom))
        if is_news or monotonic_s() - self._written_s >= WRITE_S:
            self._is_kept = save_health(self.kept, health)
            self._written_s = monotonic_s()

    def _history(
        self, recording: Recording, octaves_hz: list[float], n_channels: int
    ) -> MicrophoneHealth:
        """Return what is known of the microphone, as long as it hears in the same way there."""
        health, place = self._known(), place_of(recording.deployment)
        if health is not None:
            known = health.place, health.octaves_hz, len(health.channels)
            if known == (place, octaves_hz, n_channels):
                health.name = self.name
                return health
        return MicrophoneHealth(
            device_name=self.device_name,
            name=self.name,
            octaves_hz=octaves_hz,
            place=place,
            updated_on=recording.created_on,
            channels=[Channel() for _ in range(n_channels)],
        )

    def _known(self) -> MicrophoneHealth | None:
        """Return what is known; a file that somebody took away is to be forgotten."""
        if self._is_kept and not self.kept.exists():
            self._health, self._is_kept, self._written_s = None, False, float("-inf")
        return self._health or load_health(self.kept)


def place_of(deployment: Deployment) -> str:
    """Return what is the same for two stays at one place: coordinates, else the name."""
    if deployment.latitude is None or deployment.longitude is None:
        return deployment.name
    return f"{deployment.latitude:.3f} {deployment.longitude:.3f}"
