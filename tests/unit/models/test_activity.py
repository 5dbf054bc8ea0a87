"""The detector that needs no weights."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from acoupi.audio.wav import WavFormat, write_wav
from acoupi.data import Deployment, Detection, PredictionType, Recording
from acoupi.demo.synth import Call, bat_calls, bird_calls, write_bat_audio, write_demo_audio
from acoupi.errors import DeviceConfigurationError, RecordingError
from acoupi.models import AUDIBLE, ActivityDetector

DEPLOYMENT = Deployment(name="Old oak")


def recording_of(path: Path | None, rate_hz: int = 48_000, expansion: float = 1) -> Recording:
    return Recording(
        path=path,
        duration=1,
        samplerate=rate_hz,
        time_expansion=expansion,
        deployment=DEPLOYMENT,
    )


def write(path: Path, sound: np.ndarray, rate_hz: int = 48_000, channels: int = 1) -> Path:
    samples = (sound.clip(-1, 1) * 32767).astype("<i2")
    format = WavFormat(rate_hz, channels, 2)
    write_wav(path, format, samples.size // channels, [samples.tobytes()])
    return path


def detect(path: Path, expansion: float = 1) -> list[Detection]:
    return list(ActivityDetector().run(recording_of(path, expansion=expansion)).detections)


def box(detection: Detection) -> tuple[float, float, float, float]:
    assert detection.location
    return detection.location.coordinates


def finds(detections: list[Detection], call: Call) -> bool:
    return any(
        start_s < call.end_s
        and end_s > call.start_s
        and low_hz <= call.high_hz
        and high_hz >= call.low_hz
        for start_s, low_hz, end_s, high_hz in map(box, detections)
    )


def beep(rate_hz: int, hz: float, at_s: float = 1, length_s: float = 0.1) -> np.ndarray:
    """Two seconds of noise with one tone in it."""
    sound = np.random.default_rng(1).normal(scale=0.003, size=2 * rate_hz)
    t = np.arange(round(length_s * rate_hz)) / rate_hz
    first = round(at_s * rate_hz)
    sound[first : first + len(t)] += 0.3 * np.sin(2 * np.pi * hz * t)
    return sound


@pytest.mark.parametrize(("rate_hz", "seconds"), [(48_000, 60), (384_000, 6)])
def test_white_noise_has_no_events(tmp_path: Path, rate_hz: int, seconds: int) -> None:
    sound = np.random.default_rng(0).normal(scale=0.03, size=rate_hz * seconds)
    assert detect(write(tmp_path / "a.wav", sound, rate_hz)) == []


def test_every_synthesised_bird_call_in_the_band_is_found(tmp_path: Path) -> None:
    (path,) = write_demo_audio(tmp_path, 30)
    detections = detect(path)
    calls = [call for call in bird_calls(30) if call.low_hz >= AUDIBLE.low_hz]
    assert len(calls) > 20
    assert all(finds(detections, call) for call in calls)
    assert len(detections) <= len(calls)


@pytest.mark.parametrize("rate_hz", [256_000, 384_000])
def test_every_synthesised_bat_call_is_found_once(tmp_path: Path, rate_hz: int) -> None:
    (path,) = write_bat_audio(tmp_path, 9, rate_hz)
    detections = detect(path)
    calls = bat_calls(9)
    assert all(finds(detections, call) for call in calls)
    assert len(detections) == len(calls)


def test_a_sound_is_one_event_with_its_box_and_its_peak(tmp_path: Path) -> None:
    (detection,) = detect(write(tmp_path / "a.wav", beep(48_000, 4000)))
    start_s, low_hz, end_s, high_hz = box(detection)
    assert (start_s, end_s) == pytest.approx((1, 1.1), abs=0.03)
    assert low_hz < 4000 < high_hz
    assert detection.prediction_type is PredictionType.EVENT
    assert detection.detection_score > 0.9
    tags = {tag.tag.key: tag.tag.value for tag in detection.tags}
    assert tags["activity"] == "audible"
    assert float(tags["peak_frequency_hz"]) == pytest.approx(4000, abs=50)


def test_time_expansion_gives_frequencies_in_the_air_and_times_in_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", beep(30_000, 4500, length_s=0.05), 30_000)
    (detection,) = detect(path, expansion=10)
    tags = {tag.tag.key: tag.tag.value for tag in detection.tags}
    assert tags["activity"] == "ultrasonic"
    assert float(tags["peak_frequency_hz"]) == pytest.approx(45_000, abs=400)
    assert (box(detection)[0], box(detection)[2]) == pytest.approx((1, 1.05), abs=0.05)


def test_a_sound_on_one_of_two_channels_is_found(tmp_path: Path) -> None:
    sound = beep(48_000, 4000)
    quiet = np.random.default_rng(2).normal(scale=0.003, size=len(sound))
    path = write(tmp_path / "a.wav", np.stack([quiet, sound], axis=1), channels=2)
    assert len(detect(path)) == 1


@pytest.mark.parametrize("sample_bytes", [1, 2, 3, 4])
def test_every_sample_width_is_heard_alike(tmp_path: Path, sample_bytes: int) -> None:
    wide = np.round(beep(48_000, 4000).clip(-1, 1) * (2**31 - 1)).astype("<i4")
    data = wide.view(np.uint8).reshape(-1, 4)[:, 4 - sample_bytes :]
    if sample_bytes == 1:
        data = data ^ 0x80
    path = tmp_path / "a.wav"
    write_wav(path, WavFormat(48_000, 1, sample_bytes), len(wide), [data.tobytes()])
    (detection,) = detect(path)
    assert box(detection)[0] == pytest.approx(1, abs=0.03)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 6000), st.sampled_from([1, 1000, 8000, 48_000, 384_000]))
def test_any_length_at_any_rate_is_taken(
    tmp_path_factory: pytest.TempPathFactory, frames: int, rate_hz: int
) -> None:
    folder = tmp_path_factory.mktemp("short")
    for sound in (np.zeros(frames), np.sign(np.random.default_rng(1).normal(size=frames))):
        assert detect(write(folder / "a.wav", sound, rate_hz)) == []


def test_digital_silence_of_any_share_is_no_sound(tmp_path: Path) -> None:
    sound = np.concatenate([np.zeros(48_000 * 3), beep(48_000, 4000), np.zeros(48_000 * 3)])
    assert len(detect(write(tmp_path / "a.wav", sound))) == 1


def test_a_sound_across_two_blocks_is_one_event(tmp_path: Path) -> None:
    sound = np.random.default_rng(1).normal(scale=0.003, size=48_000 * 30)
    t = np.arange(48_000)
    sound[round(9.5 * 48_000) :][:48_000] += 0.3 * np.sin(2 * np.pi * 4000 / 48_000 * t)
    (detection,) = detect(write(tmp_path / "a.wav", sound))
    assert (box(detection)[0], box(detection)[2]) == pytest.approx((9.5, 10.5), abs=0.03)


def test_the_name_says_what_is_listened_to() -> None:
    assert ActivityDetector("audible").name == "acoupi-activity-audible-1"
    assert ActivityDetector().name == "acoupi-activity-auto-1"
    with pytest.raises(ValueError, match="no preset 'bats'"):
        ActivityDetector("bats")


def test_a_recording_without_a_usable_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no file"):
        ActivityDetector().run(recording_of(None))
    with pytest.raises(DeviceConfigurationError, match=r"gone\.wav"):
        ActivityDetector().run(recording_of(tmp_path / "gone.wav"))


def test_numpy_is_loaded_by_the_first_run_only() -> None:
    code = "import sys; from acoupi.models import ActivityDetector; ActivityDetector(); "
    check = "sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code + check], check=False).returncode == 0
