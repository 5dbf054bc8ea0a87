"""What a microphone gives while the clock is set: a child counts, as if it were a device."""

import datetime as dt
import sys
import time
from array import array
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from acoupi.audio import capture
from acoupi.audio.listener import Listener
from acoupi.audio.wav import open_wav
from acoupi.components.audio_recorder import captured
from acoupi.components.audio_recorder.captured import CaptureRecorder
from acoupi.data import Deployment, Recording

RATE_HZ = 8000
COUNT = f"""
import array, os, time
begun, sent = time.monotonic(), 0
while True:
    heard = int((time.monotonic() - begun) * {RATE_HZ})
    os.write(1, array.array("H", (n % 65536 for n in range(sent, heard))).tobytes())
    sent = heard
    time.sleep(0.01)
"""
COUNTER = Listener(lambda *_: [sys.executable, "-c", COUNT], "", "")


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[CaptureRecorder]:
    recorder = CaptureRecorder(
        COUNTER, "counter", 0.4, tmp_path, samplerate_hz=RATE_HZ, joins_within_s=10
    )
    yield recorder
    recorder.close()


def counted(recording: Recording) -> list[int]:
    assert recording.path is not None
    wav = open_wav(recording.path)
    return array("H", b"".join(wav.blocks(0, wav.frames))).tolist()


def test_a_clock_that_is_set_loses_no_sample_and_is_followed(
    recorder: CaptureRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment, recordings = Deployment(name="lake"), list[Recording]()
    for set_by in (dt.timedelta(), dt.timedelta(hours=1), dt.timedelta(days=-20_000)):
        monkeypatch.setattr(capture, "utc_now", lambda by=set_by: dt.datetime.now(dt.UTC) + by)
        recordings.append(recorder.record(deployment))
        began_ago = dt.datetime.now(dt.UTC) + set_by - recordings[-1].created_on
        assert dt.timedelta() < began_ago < dt.timedelta(seconds=5)
    heard = [n for recording in recordings for n in counted(recording)]
    assert heard == list(range(heard[0], heard[0] + round(3 * 0.4 * RATE_HZ)))
    assert len({recording.path for recording in recordings}) == 3


DRIFTING = COUNT.replace("time.monotonic()", "(time.monotonic() * (1 + {ppm} / 1e6))")


@pytest.mark.parametrize("ppm", [-3000, 3000])
def test_a_drift_against_the_clock_moves_no_start(tmp_path: Path, ppm: int) -> None:
    drifting = Listener(
        lambda *_: [sys.executable, "-c", DRIFTING.replace("{ppm}", str(ppm))], "", ""
    )
    recorder = CaptureRecorder(
        drifting, "drifting", 0.5, tmp_path, samplerate_hz=RATE_HZ, interval_s=0.5
    )
    with closing(recorder):
        made = [recorder.record(Deployment(name="lake")) for _ in range(16)]
        capture = recorder._stream and recorder._stream.capture
        assert capture
        slope = capture._timeline._latest.slope
    heard = [n for recording in made for n in counted(recording)]
    assert heard == [(heard[0] + n) % 65536 for n in range(len(heard))]
    assert slope == pytest.approx(-ppm / 1e6, abs=0.001)
    assert recorder.losses() == []
    length = (made[-1].created_on - made[11].created_on) / 4
    assert length.total_seconds() == pytest.approx(0.5 / (1 + ppm / 1e6), abs=0.001)


def test_recordings_that_are_asked_for_late_still_join_and_what_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captured, "KEPT_S", 2)
    recorder = CaptureRecorder(
        COUNTER, "counter", 0.4, tmp_path, samplerate_hz=RATE_HZ, interval_s=0.4
    )
    with closing(recorder):
        made = [recorder.record(Deployment(name="lake"))]
        time.sleep(0.6)
        made.append(recorder.record(Deployment(name="lake")))
        assert recorder.losses() == []
        time.sleep(3)
        made.append(recorder.record(Deployment(name="lake")))
        (lost,) = recorder.losses()
    first, second, third = map(counted, made)
    assert second[0] == first[-1] + 1
    assert (lost.why, lost.samples) == ("overload", third[0] - second[-1] - 1)
