"""The detector and the replay recorder on real birds and bats."""

import math
from pathlib import Path

import pytest

from acoupi.audio.wav import open_wav
from acoupi.components.audio_recorder import ReplayRecorder
from acoupi.data import Deployment, ModelOutput, Recording
from acoupi.errors import RecordingError
from acoupi.models import ActivityDetector

DEPLOYMENT = Deployment(name="Old oak")

# How many calls BatDetect2 1.3.1 rates 0.5 or more.
CALLS = {
    "0166_20240531_223911.wav": 35,
    "0166_20240602_225340.wav": 26,
    "0166_20240603_033731.wav": 11,
    "0166_20240604_233500.wav": 16,
    "20230322_172000_selec2.wav": 13,
    "Audiomoth.WAV": 26,
    "Echometer.wav": 30,
}


def run(path: Path) -> ModelOutput:
    wav = open_wav(path)
    recording = Recording(
        path=path,
        duration=wav.duration_s,
        samplerate=wav.format.rate_hz,
        deployment=DEPLOYMENT,
    )
    return ActivityDetector().run(recording)


@pytest.mark.parametrize("name", CALLS)
def test_at_least_as_many_bat_calls_are_found_as_by_a_trained_model(
    real_audio: Path, name: str
) -> None:
    assert len(run(real_audio / "bats" / name).detections) >= CALLS[name]


def test_a_recording_without_bats_has_next_to_nothing(real_audio: Path) -> None:
    assert len(run(real_audio / "bats" / "AudiomothNoBatCalls.WAV").detections) <= 1


def test_most_of_a_soundscape_with_songbirds_is_active(real_audio: Path) -> None:
    boxes = [
        d.location.coordinates for d in run(real_audio / "soundscape.wav").detections if d.location
    ]
    active = {window for b in boxes for window in range(int(b[0] // 3), int(b[2] // 3) + 1)}
    assert 34 <= len(active & set(range(40))) <= 40


@pytest.mark.parametrize("source", ["soundscape.wav", "bats"])
def test_a_replay_of_real_files_is_exact(real_audio: Path, tmp_path: Path, source: str) -> None:
    tape = real_audio / source
    recorder = ReplayRecorder(tape, 1.7, tmp_path, speed=math.inf, loop=False)
    replayed: list[bytes] = []
    with pytest.raises(RecordingError, match="the replay has ended"):
        replayed.extend(iter(lambda: sound_of(recorder.record(DEPLOYMENT).path), None))
    files = sorted(tape.iterdir()) if tape.is_dir() else [tape]
    assert b"".join(replayed) == b"".join(map(sound_of, files))


def sound_of(path: Path | None) -> bytes:
    assert path
    return open_wav(path).read()
