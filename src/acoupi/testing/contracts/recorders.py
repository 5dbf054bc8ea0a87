"""What every recorder must keep."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from acoupi import _clock
from acoupi.audio.wav import open_wav
from acoupi.components.types import AudioRecorder
from acoupi.data import Deployment, Recording
from acoupi.errors import DeviceError
from acoupi.testing import samples

__all__ = ["RecorderContract"]


class RecorderContract:
    """Tests that every recorder passes; make it record for a second or less."""

    def make_recorder(self, audio_dir: Path) -> AudioRecorder:
        """Return a recorder that makes its files in ``audio_dir``."""
        raise NotImplementedError

    def make_failing_recorder(self, audio_dir: Path) -> AudioRecorder:
        """Return one whose microphone is not there, or breaks off."""
        pytest.skip("override make_failing_recorder to test what a broken microphone leaves")

    @pytest.fixture
    def audio_dir(self, tmp_path: Path) -> Path:
        """Return the folder for the files, which is there."""
        audio_dir = tmp_path / "audio"
        audio_dir.mkdir()
        return audio_dir

    @pytest.fixture
    def recorder(self, audio_dir: Path) -> Iterator[AudioRecorder]:
        """Return a recorder that works."""
        recorder = self.make_recorder(audio_dir)
        yield recorder
        with contextlib.suppress(AttributeError):
            recorder.close()  # type: ignore[attr-defined]

    @pytest.fixture
    def deployment(self) -> Deployment:
        """Return the deployment that is running."""
        return samples.deployment()

    def test_the_file_is_whole_when_record_returns(
        self, recorder: AudioRecorder, deployment: Deployment
    ) -> None:
        wav = open_wav(path_of(recorder.record(deployment)))
        assert wav.frames > 0
        assert wav.read() != b""

    def test_the_recording_is_what_the_file_holds(
        self, recorder: AudioRecorder, deployment: Deployment
    ) -> None:
        recording = recorder.record(deployment)
        wav = open_wav(path_of(recording))
        assert wav.format.rate_hz == recording.samplerate
        assert recording.audio_channels in (None, wav.format.channels)
        assert abs(wav.duration_s - recording.duration) < 1 / recording.samplerate

    def test_the_file_is_in_its_folder_and_nothing_else_looks_like_sound(
        self, recorder: AudioRecorder, deployment: Deployment, audio_dir: Path
    ) -> None:
        path = path_of(recorder.record(deployment))
        assert path.is_absolute()
        assert list(audio_dir.rglob("*.wav")) == [path]

    def test_the_recording_belongs_to_the_deployment_and_began_in_the_past(
        self, recorder: AudioRecorder, deployment: Deployment
    ) -> None:
        recording = recorder.record(deployment)
        assert recording.deployment == deployment
        assert recording.created_on <= _clock.utc_now()

    def test_a_second_recording_leaves_the_first_as_it_was(
        self, recorder: AudioRecorder, deployment: Deployment
    ) -> None:
        first = recorder.record(deployment)
        before = path_of(first).read_bytes()
        second = recorder.record(deployment)
        assert first.id != second.id
        assert path_of(first) != path_of(second)
        assert path_of(first).read_bytes() == before

    def test_two_at_once_are_two_files_or_an_error(
        self, recorder: AudioRecorder, deployment: Deployment
    ) -> None:
        with ThreadPoolExecutor(2) as pool:
            tries = [pool.submit(recorder.record, deployment) for _ in range(2)]
        failures = [failure for each in tries if (failure := each.exception()) is not None]
        made = [each.result() for each in tries if each.exception() is None]
        assert all(isinstance(failure, DeviceError) for failure in failures)
        assert len({path_of(recording) for recording in made}) == len(made) >= 1

    def test_a_recording_that_fails_leaves_nothing_half_written(
        self, audio_dir: Path, deployment: Deployment
    ) -> None:
        recorder = self.make_failing_recorder(audio_dir)
        with pytest.raises(DeviceError):
            recorder.record(deployment)
        assert list(audio_dir.rglob("*.wav")) == []


def path_of(recording: Recording) -> Path:
    """Return where the file of a new recording is."""
    assert recording.path is not None
    return recording.path
