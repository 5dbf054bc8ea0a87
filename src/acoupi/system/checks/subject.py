"""What is checked."""

import contextlib
import datetime as dt
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from acoupi.audio.wav import WavFormat
from acoupi.components.audio_recorder.captured import SAMPLE_BYTES
from acoupi.components.audio_recorder.replay import ReplayRecorder
from acoupi.data import Deployment
from acoupi.errors import DeviceError
from acoupi.programs import AcoupiProgram
from acoupi.programs.templates.microphones import microphone_name
from acoupi.system.health import Rhythm, rhythm_of
from acoupi.system.places import Places, places_of
from acoupi.system.settings import Settings

__all__ = ["Subject"]

GLIMPSE_S = 0.001


@dataclass(frozen=True)
class Subject:
    """A sensor, and what it is doing meanwhile."""

    settings: Settings
    program: AcoupiProgram[Any]
    now: dt.datetime
    deployment: Deployment | None = None
    """The one that is running."""

    is_running: bool = False
    """Whether workers run, so that the microphone and the processor are taken."""

    sends: bool = False
    """Whether to send each receiver a message."""

    @property
    def places(self) -> Places:
        """Where the program keeps its data."""
        return places_of(self.program.config.model_dump())

    @property
    def rhythm(self) -> Rhythm | None:
        """When the program records."""
        return rhythm_of(self.program.config, self.places.zone)

    def part(self, name: str) -> Any:
        """Return a component that not every program has, or None."""
        return getattr(self.program, name, None)

    @property
    def format(self) -> WavFormat | None:
        """How the program's sound is laid out; None if it does not say."""
        return self.format_of(self.program.config)

    def recorder_of(self, view: BaseModel) -> Any:
        """Return what records a microphone, given its configuration; or None."""
        further: dict[str, Any] = self.part("further_recorders") or {}
        return further.get(microphone_name(view)) or self.part("recorder")

    def format_of(self, view: BaseModel) -> WavFormat | None:
        """Return how the sound of a microphone is laid out, given its configuration."""
        recorder = self.recorder_of(view)
        if isinstance(recorder, ReplayRecorder):
            with contextlib.suppress(DeviceError):  # the microphone's check says what is wrong
                return recorder.listen(GLIMPSE_S).format
        microphone = getattr(view, "microphone", None)
        rate_hz = getattr(microphone, "samplerate", None)
        is_one = getattr(microphone, "channel", None) is not None
        channels = 1 if is_one else getattr(microphone, "audio_channels", None) or 1
        sample_bytes = getattr(microphone, "bit_depth", 8 * SAMPLE_BYTES) // 8
        return None if rate_hz is None else WavFormat(int(rate_hz), int(channels), sample_bytes)
