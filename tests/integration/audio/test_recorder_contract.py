"""The ALSA recorder keeps what every recorder must, with a real ``arecord``."""

from pathlib import Path
from typing import Any

import pytest

from acoupi.audio.capture import Patience
from acoupi.components.audio_recorder import AlsaRecorder
from acoupi.components.types import AudioRecorder
from acoupi.testing import RecorderContract

IMPATIENT = Patience(first_s=1, next_s=0.5)


class TestAlsaRecorder(RecorderContract):
    @pytest.fixture(autouse=True)
    def _microphone(self, microphone: Any) -> None:
        self.microphone = microphone

    def make_recorder(self, audio_dir: Path) -> AudioRecorder:
        return AlsaRecorder("birdmic", 0.3, audio_dir, patience=IMPATIENT)

    def make_failing_recorder(self, audio_dir: Path) -> AudioRecorder:
        self.microphone.fail("unplug")
        return self.make_recorder(audio_dir)
