from pathlib import Path

from loudness import LoudnessModel

from acoupi.components.types import Model
from acoupi.data import Deployment, Recording
from acoupi.testing import ModelContract, write_calls


class TestLoudnessModel(ModelContract):
    def make_model(self) -> Model:
        return LoudnessModel(threshold_db=12)


def test_a_call_in_every_second_is_found(tmp_path: Path) -> None:
    path = tmp_path / "calls.wav"
    write_calls(path, duration_s=3, rate_hz=48_000)
    recording = Recording(
        path=path, duration=3, samplerate=48_000, deployment=Deployment(name="test")
    )
    found = LoudnessModel(threshold_db=12).run(recording).detections
    starts_s = [round(each.location.coordinates[0], 1) for each in found if each.location]
    assert starts_s == [0.4, 1.4, 2.4]
