"""An hour with a microphone whose clock drifts, in seconds."""

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest

from acoupi.audio import capture
from acoupi.audio.capture import Capture
from acoupi.audio.listener import Listener
from acoupi.audio.wav import WavFormat
from acoupi.components.audio_recorder.captured import CaptureRecorder
from acoupi.data import Deployment

RATE_HZ = 8000
PERIOD = 800
BEGAN = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
SOUND = random.Random(1).randbytes(2 * PERIOD)


class SimulatedCapture(Capture):
    """Hears in no time what a microphone gives in an hour, and each period a little late."""

    def __init__(self, ppm: int) -> None:
        self.now_s = 0.0
        self.second = (1 + ppm / 1e6) / RATE_HZ
        self.late = random.Random(ppm)
        super().__init__(Listener(lambda *_: [], "", ""), "mic", WavFormat(RATE_HZ, 1, 2), 80_000)

    def _run(self) -> None:
        """Begin no child."""

    def wait_for(self, frames: int) -> None:
        while self.frames < frames:
            heard_s = (self.frames + PERIOD) * self.second
            self.now_s = heard_s + self.late.choice((0.0002, 0.002, 0.03))
            self._hear(SOUND)

    def wait_until(self, second: float) -> None:
        self.wait_for(round(second / self.second))

    def truly_heard(self, frame: int) -> dt.datetime:
        return BEGAN + dt.timedelta(seconds=frame * self.second)


class Recorder(CaptureRecorder):
    """Listens to a capture that is there already."""

    def __init__(self, heard: SimulatedCapture, folder: Path, **options: Any) -> None:
        super().__init__(heard.listener, "mic", audio_dir=folder, samplerate_hz=RATE_HZ, **options)
        self.heard = heard

    def _listening(self) -> Capture:
        return self.heard


@pytest.fixture(params=[-200, 200])
def heard(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> SimulatedCapture:
    monkeypatch.setattr(capture, "monotonic_s", lambda: heard.now_s if heard else 0.0)
    monkeypatch.setattr(
        capture, "utc_now", lambda: BEGAN + dt.timedelta(seconds=heard.now_s if heard else 0)
    )
    heard: SimulatedCapture | None = None
    heard = SimulatedCapture(request.param)
    return heard


def test_recordings_that_join_begin_when_they_say(heard: SimulatedCapture, tmp_path: Path) -> None:
    recorder = Recorder(heard, tmp_path, duration_s=10, interval_s=10)
    off_s, frame = list[float](), 0
    for _ in range(360):
        recording = recorder.record(Deployment(name="lake"))
        off_s.append((recording.created_on - heard.truly_heard(frame)).total_seconds())
        frame += 10 * RATE_HZ
        assert recording.path
        recording.path.unlink()
    assert max(map(abs, off_s)) < 0.005
    assert heard.drift_ppm == pytest.approx(1e6 * (heard.second * RATE_HZ - 1), abs=5)
    assert heard.losses() == []


def test_recordings_with_pauses_begin_at_their_instants(
    heard: SimulatedCapture, tmp_path: Path
) -> None:
    recorder = Recorder(heard, tmp_path, duration_s=1, interval_s=20, joins_within_s=0)
    for number in range(1, 180):
        heard.wait_until(20 * number + 0.5)
        recording = recorder.record(Deployment(name="lake"))
        due = BEGAN + dt.timedelta(seconds=20 * number)
        frame = recorder._end.frame - RATE_HZ if recorder._end else 0
        assert abs(recording.created_on - due) < dt.timedelta(milliseconds=1)
        assert abs(heard.truly_heard(frame) - due) < dt.timedelta(milliseconds=5)


@pytest.mark.parametrize("heard", [-5000], indirect=True)
def test_a_device_that_gives_more_than_is_asked_for_is_caught_up_with(
    heard: SimulatedCapture, tmp_path: Path
) -> None:
    recorder = Recorder(heard, tmp_path, duration_s=2, interval_s=2)
    made = 0
    for ring in range(1, 1200):
        heard.wait_until(2 * ring)
        while made == 0 or recorder.is_behind:
            recording = recorder.record(Deployment(name="lake"))
            made += 1
            assert recording.path
            recording.path.unlink()
    assert made == pytest.approx(1199 / 0.995, abs=2)
    assert recorder.losses() == []
    assert not recorder.is_behind
