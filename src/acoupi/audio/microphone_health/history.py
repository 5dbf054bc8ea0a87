"""What is kept of a microphone: its first hours, its latest, and what is believed of it."""

import datetime as dt
from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from acoupi.audio.microphone_health.figures import Figures, together
from acoupi.audio.microphone_health.suspicion import Suspicion
from acoupi.audio.microphone_health.symptoms import (
    DAY_HOURS,
    Reference,
    Symptom,
    symptoms_of_hours,
    symptoms_of_recording,
)
from acoupi.audio.microphone_health.weather import sounds_like_rain
from acoupi.data.times import Instant

__all__ = ["FIRST_HOURS", "Channel", "MicrophoneHealth"]

FIRST_HOURS = 72
"""How many hours in which it recorded a microphone is compared with."""

HOUR = dt.timedelta(hours=1)


class Channel(BaseModel):
    """What is known of one channel."""

    first_dbfs: list[list[float]] = []
    """The floors of the first hours, in each octave."""

    hours: list[Figures] = []
    """The latest; those in which nothing was recorded are none."""

    hour: Figures | None = None
    """The one that runs."""

    beliefs: dict[Symptom, Suspicion] = {}

    @property
    def recent(self) -> Figures | None:
        """What was measured in the hour that runs, and the one before."""
        if self.hour is None:
            return self.hours[-1] if self.hours else None
        return together(self.hours[-1] if self.hours else None, self.hour)

    @property
    def symptoms(self) -> dict[Symptom, Suspicion]:
        """What is believed to be wrong."""
        return {each: belief for each, belief in self.beliefs.items() if belief.since}

    @property
    def change_db(self) -> float | None:
        """How the floor differs from the first hours', in the middle octave of all."""
        if not self.first_dbfs or self.recent is None:
            return None
        then = Reference.of(self.first_dbfs).middle_dbfs
        pairs = zip(self.recent.floor_dbfs, then, strict=True)
        changes_db = sorted(now - before for now, before in pairs)
        return changes_db[len(changes_db) // 2]

    def note(self, figures: Figures, octaves_hz: Sequence[float], instant: dt.datetime) -> None:
        """Note what was measured of a recording."""
        if self.first_dbfs:
            quietest = Reference.of(self.first_dbfs).lowest_dbfs
            rain = float(sounds_like_rain(octaves_hz, figures.floor_dbfs, quietest))
            figures = figures.model_copy(update={"rain": rain})
        self.hour = together(self.hour, figures)
        self._weigh(symptoms_of_recording(figures), instant)

    def end_hour(self, instant: dt.datetime) -> None:
        """Judge the hour that runs, and let it be one of the first if it is good."""
        hour, self.hour = self.hour, None
        if hour is None:
            return
        self.hours = [*self.hours, hour][-DAY_HOURS:]
        found = symptoms_of_hours(self.hours, self.first_dbfs)
        self._weigh(found, instant)
        is_good = all(severity < 1 for severity in found.values()) and not self.symptoms
        if is_good and len(self.first_dbfs) < FIRST_HOURS:
            floor_dbfs = [round(level, 1) for level in hour.floor_dbfs]
            self.first_dbfs = [*self.first_dbfs, floor_dbfs]

    def _weigh(self, found: Mapping[Symptom, float], instant: dt.datetime) -> None:
        for symptom, severity in found.items():
            belief = self.beliefs.get(symptom, Suspicion())
            self.beliefs[symptom] = belief.weighed(symptom, severity, instant)


class MicrophoneHealth(BaseModel):
    """What is known of a microphone at one place."""

    device_name: str
    name: str = ""
    """What it is called, where there are several."""

    octaves_hz: list[float]
    place: str
    """Where it hears; somewhere else begins another history."""

    hour_began: Instant | None = None
    updated_on: Instant
    channels: list[Channel]

    @property
    def called(self) -> str:
        """How people tell it from others."""
        return self.name or self.device_name

    def note(self, heard: Sequence[Figures], instant: dt.datetime) -> bool:
        """Note what was measured of a recording, a channel after the other.

        Returns
        -------
        bool
            Whether an hour has ended, or something else is believed than before.
        """
        before = self.symptoms
        has_ended = self._has_ended(instant)
        if has_ended:
            self.end_hour(instant)
        self.hour_began = self.hour_began or instant
        self.updated_on = instant
        for channel, figures in zip(self.channels, heard, strict=True):
            channel.note(figures, self.octaves_hz, instant)
        return has_ended or self.symptoms != before

    def end_hour(self, instant: dt.datetime) -> None:
        """Judge the hour that runs; the next begins with the next recording."""
        for channel in self.channels:
            channel.end_hour(instant)
        self.hour_began = None

    @property
    def symptoms(self) -> list[tuple[int, Symptom]]:
        """What is believed to be wrong, and with which channel; the first is 0."""
        numbered = enumerate(self.channels)
        return [(number, symptom) for number, each in numbered for symptom in each.symptoms]

    def _has_ended(self, instant: dt.datetime) -> bool:
        """Tell whether the hour that runs is over; a clock that was set back ends it too."""
        if self.hour_began is None:
            return False
        return not dt.timedelta() <= instant - self.hour_began < HOUR
