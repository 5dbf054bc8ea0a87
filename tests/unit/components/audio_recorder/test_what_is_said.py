"""Recorders behind the gate that keeps what people say from the disk."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from acoupi.audio.listener import Listener
from acoupi.audio.privacy.gate import GatePolicy, PrivacyGate
from acoupi.audio.privacy.silero import FRAME
from acoupi.audio.samples import Samples
from acoupi.audio.sieve import Withheld, sift_with
from acoupi.audio.wav import WavFormat, open_wav, write_wav
from acoupi.components.audio_recorder import ReplayRecorder
from acoupi.components.audio_recorder.captured import CaptureRecorder
from acoupi.data import Deployment
from acoupi.errors import RecordingError

RATE_HZ = 8000
SECOND_S = 1.0
DEPLOYMENT = Deployment(name="path")
TALKING = f"""
import sys, time
while True:
    sys.stdout.buffer.write(b"\\x00\\x60" * ({RATE_HZ} // 20))
    sys.stdout.flush()
    time.sleep(0.05)
"""


class Believes:
    """Believes that all is speech, or fails after some time."""

    def __init__(self, fails_after: int = sys.maxsize) -> None:
        self.left = fails_after

    def forget(self) -> None:
        pass

    def hear(self, samples: Samples) -> list[float]:
        self.left -= len(samples) // FRAME
        if self.left < 0:
            raise RuntimeError("out of order")
        return [0.9 if abs(sample) > 0.1 else 0.01 for sample in samples[::FRAME]]


def gate_of(policy: GatePolicy, fails_after: int = sys.maxsize) -> PrivacyGate:
    return PrivacyGate(policy, lambda: Believes(fails_after), margin_s=0.25)


@pytest.fixture
def microphone(tmp_path: Path) -> Iterator[CaptureRecorder]:
    """A microphone beside which somebody talks all the time."""
    listener = Listener(lambda *_: [sys.executable, "-c", TALKING], "", "")
    recorder = CaptureRecorder(
        listener, "mic", SECOND_S / 2, tmp_path / "out", samplerate_hz=RATE_HZ
    )
    with closing(recorder):
        yield recorder


def a_tape(tmp_path: Path, policy: GatePolicy, fails_after: int) -> ReplayRecorder:
    """Two recordings of a quiet second each."""
    quiet = np.ones(2 * RATE_HZ, "<i2").tobytes()
    write_wav(tmp_path / "tape.wav", WavFormat(RATE_HZ, 1, 2), 2 * RATE_HZ, [quiet])
    recorder = ReplayRecorder(
        tmp_path / "tape.wav", SECOND_S, tmp_path / "out", speed=float("inf"), loop=False
    )
    sift_with(recorder, [gate_of(policy, fails_after)])
    return recorder


def sound_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.wav*"))


def test_of_a_microphone_nothing_is_left_when_somebody_speaks(
    microphone: CaptureRecorder, tmp_path: Path
) -> None:
    sift_with(microphone, [gate_of("drop")])
    with pytest.raises(Withheld, match="people spoke"):
        microphone.record(DEPLOYMENT)
    assert sound_files(tmp_path / "out") == []


def test_what_a_microphone_records_by_a_path_of_its_own_passes_the_gate_too(
    microphone: CaptureRecorder, tmp_path: Path
) -> None:
    sift_with(microphone, [gate_of("silence")])
    microphone.generate_recording(tmp_path / "own.wav")
    assert set(open_wav(tmp_path / "own.wav").read()) == {0}


def test_what_was_silenced_is_among_what_a_recorder_lost(microphone: CaptureRecorder) -> None:
    sift_with(microphone, [gate_of("silence")])
    recording = microphone.record(DEPLOYMENT)
    [lost] = [each for each in microphone.losses() if each.why == "private"]
    assert lost.from_instant == recording.created_on
    assert lost.samples == RATE_HZ // 2


@pytest.mark.parametrize("policy", ["drop", "silence"])
def test_of_a_microphone_nothing_is_left_when_the_gate_fails(
    microphone: CaptureRecorder, tmp_path: Path, policy: GatePolicy
) -> None:
    sift_with(microphone, [gate_of(policy, fails_after=8)])
    with pytest.raises(RecordingError, match="out of order"):
        microphone.record(DEPLOYMENT)
    assert sound_files(tmp_path / "out") == []


@pytest.mark.parametrize("policy", ["drop", "silence"])
def test_a_tape_stays_where_it_is_when_the_gate_fails(tmp_path: Path, policy: GatePolicy) -> None:
    recorder = a_tape(tmp_path, policy, fails_after=8)
    with pytest.raises(RecordingError, match="out of order"):
        recorder.record(DEPLOYMENT)
    assert sound_files(tmp_path / "out") == []
    sift_with(recorder, [])
    assert [recorder.record(DEPLOYMENT).duration for _ in range(2)] == [SECOND_S, SECOND_S]
