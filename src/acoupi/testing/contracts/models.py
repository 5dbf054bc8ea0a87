"""What every model must keep."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from acoupi.components.types import Model
from acoupi.data import ModelOutput, Recording
from acoupi.testing import samples
from acoupi.testing.sounds import write_calls, write_silence

__all__ = ["ModelContract"]

SOUNDS: dict[str, tuple[Callable[[Path, float, int], None], float]] = {
    "calls": (write_calls, 3),
    "silence": (write_silence, 3),
    "a very short file": (write_silence, 0.01),
}


class ModelContract:
    """Tests that every model passes."""

    rate_hz = 48_000
    """The sample rate of the sounds it is tried on."""

    def make_model(self) -> Model:
        """Return the model."""
        raise NotImplementedError

    @pytest.fixture
    def model(self) -> Model:
        """Return the model."""
        return self.make_model()

    @pytest.fixture(params=SOUNDS)
    def recording(self, request: pytest.FixtureRequest, tmp_path: Path) -> Recording:
        """Return a recording of each of several sounds."""
        write, duration_s = SOUNDS[request.param]
        path = tmp_path / "sound.wav"
        write(path, duration_s, self.rate_hz)
        return Recording(
            path=path,
            duration=duration_s,
            samplerate=self.rate_hz,
            deployment=samples.deployment(),
        )

    @pytest.fixture
    def output(self, model: Model, recording: Recording) -> ModelOutput:
        """Return what the model says about it."""
        return model.run(recording)

    def test_the_name_is_text_and_stays(self, model: Model) -> None:
        assert isinstance(model.name, str)
        assert model.name.strip() != ""
        assert model.name == self.make_model().name

    def test_the_output_is_the_models_and_about_the_recording(
        self, model: Model, recording: Recording, output: ModelOutput
    ) -> None:
        assert output.name_model == model.name
        assert output.recording.id == recording.id

    def test_the_file_is_left_as_it_was(self, model: Model, recording: Recording) -> None:
        assert recording.path is not None
        before = recording.path.read_bytes()
        model.run(recording)
        assert recording.path.read_bytes() == before
        assert list(recording.path.parent.glob("*.wav")) == [recording.path]

    def test_scores_lie_between_0_and_1(self, output: ModelOutput) -> None:
        for detection in output.detections:
            assert 0 <= detection.detection_score <= 1
            assert all(0 <= tag.confidence_score <= 1 for tag in detection.tags)

    def test_boxes_lie_inside_the_recording(self, output: ModelOutput) -> None:
        recording = output.recording
        highest_hz = recording.samplerate * recording.time_expansion / 2
        for detection in output.detections:
            if detection.location is not None:
                start_s, low_hz, end_s, high_hz = detection.location.coordinates
                assert 0 <= start_s <= end_s <= recording.duration
                assert 0 <= low_hz <= high_hz <= highest_hz

    def test_the_output_travels_as_json(self, output: ModelOutput) -> None:
        travelled = ModelOutput.model_validate_json(output.model_dump_json())
        assert travelled.model_dump() == output.model_dump()

    def test_it_may_be_made_in_one_thread_and_run_in_another(
        self, model: Model, recording: Recording
    ) -> None:
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(model.run, recording).result().recording.id == recording.id
