"""A cheap look before a long one."""

from pathlib import Path

import pytest

from acoupi.data import Deployment, Recording
from acoupi.demo.synth import BAT_RATE_HZ, write_bat_audio
from acoupi.errors import RecordingError
from acoupi.models.gate import ActivityGate
from acoupi.testing.sounds import write_silence


def recording(path: Path) -> Recording:
    return Recording(
        path=path, duration=1, samplerate=BAT_RATE_HZ, deployment=Deployment(name="x")
    )


def test_bats_pass_and_silence_does_not(tmp_path: Path) -> None:
    gate = ActivityGate("ultrasonic")
    (bats,) = write_bat_audio(tmp_path, 1)
    silence = tmp_path / "silence.wav"
    write_silence(silence, 1, BAT_RATE_HZ)
    assert gate.should_process_recording(recording(bats))
    assert not gate.should_process_recording(recording(silence))


def test_a_gate_may_be_closed_to_all_but_the_loudest(tmp_path: Path) -> None:
    (bats,) = write_bat_audio(tmp_path, 1)
    assert not ActivityGate("ultrasonic", 200).should_process_recording(recording(bats))


def test_what_has_no_file_is_an_error(tmp_path: Path) -> None:
    gone = recording(tmp_path / "x.wav").model_copy(update={"path": None})
    with pytest.raises(RecordingError):
        ActivityGate().should_process_recording(gone)
