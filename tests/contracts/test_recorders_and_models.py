"""The recorders and models of acoupi, and their stand-ins, keep what every one must."""

import math
from pathlib import Path

from acoupi.components.audio_recorder.replay import ReplayRecorder
from acoupi.components.types import AudioRecorder, Model
from acoupi.data import BoundingBox, Detection, PredictedTag, Tag
from acoupi.models import ActivityDetector
from acoupi.testing import FakeModel, FakeRecorder, ModelContract, RecorderContract, write_calls

CALL = Detection(
    location=BoundingBox.from_coordinates(0, 100, 0.01, 200),
    tags=[PredictedTag(Tag("species", "Wren"), 0.5)],
)


class TestReplayRecorder(RecorderContract):
    def make_recorder(self, audio_dir: Path) -> AudioRecorder:
        source = audio_dir.parent / "tape" / "calls.wav"
        write_calls(source, duration_s=1)
        return ReplayRecorder(source, 0.4, audio_dir, speed=math.inf)

    def make_failing_recorder(self, audio_dir: Path) -> AudioRecorder:
        recorder = self.make_recorder(audio_dir)
        assert isinstance(recorder, ReplayRecorder)
        recorder.cursor_path.write_text("no cursor")
        return recorder


class TestFakeRecorder(RecorderContract):
    def make_recorder(self, audio_dir: Path) -> AudioRecorder:
        return FakeRecorder(audio_dir)

    def make_failing_recorder(self, audio_dir: Path) -> AudioRecorder:
        return FakeRecorder(audio_dir, broken=True)


class TestActivityDetector(ModelContract):
    def make_model(self) -> Model:
        return ActivityDetector()


class TestActivityDetectorOfBats(TestActivityDetector):
    rate_hz = 256_000


class TestFakeModel(ModelContract):
    def make_model(self) -> Model:
        return FakeModel([CALL])
