"""What a model may take for a recording."""

import os
from pathlib import Path

import pytest

from acoupi.audio.wav import WavFormat, write_wav
from acoupi.data import Deployment, Recording
from acoupi.errors import DeviceConfigurationError
from acoupi.models.activity import ActivityDetector
from acoupi.models.sound_files import Circumstances, describe_file

RATE_HZ = 48_000


def cut_recording(path: Path) -> Recording:
    """Return a recording of a second of which half is on the disk."""
    write_wav(path, WavFormat(RATE_HZ, 1, 2), RATE_HZ, [bytes(2 * RATE_HZ)])
    os.truncate(path, RATE_HZ)
    return Recording(path=path, duration=1, samplerate=RATE_HZ, deployment=Deployment(name="here"))


def test_a_recording_that_lost_sound_is_not_taken_for_heard(tmp_path: Path) -> None:
    recording = cut_recording(tmp_path / "a.wav")
    with pytest.raises(DeviceConfigurationError, match=r"a\.wav.*bytes of what was recorded"):
        ActivityDetector().run(recording)


def test_a_file_that_came_cut_short_is_heard_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    cut_recording(path)
    recording = describe_file(path, Circumstances())
    assert recording.duration == pytest.approx(0.5, abs=0.01)
    assert ActivityDetector().run(recording).recording == recording
