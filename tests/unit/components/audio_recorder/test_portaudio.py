"""The recorder that older programs name; how it sounds is tried with a real PortAudio."""

import sys
from pathlib import Path

import pytest

from acoupi._home import temp_audio_dir
from acoupi.components import audio_recorder, types
from acoupi.components.audio_recorder import MicrophoneConfig, PyAudioRecorder
from acoupi.data import Deployment
from acoupi.errors import DeviceUnavailableError


def test_the_old_names_mean_the_same_things() -> None:
    assert audio_recorder.PARecorder is PyAudioRecorder
    assert audio_recorder.PARecorderConfig is MicrophoneConfig
    assert temp_audio_dir() == audio_recorder.TMP_PATH


def test_an_older_program_makes_one_and_reads_what_it_gave(tmp_path: Path) -> None:
    recorder = PyAudioRecorder(
        duration=3,
        samplerate=250_000,
        audio_channels=1,
        device_name="UltraMic 250K",
        chunksize=8192,
        audio_dir=tmp_path / "out",
        time_expansion=10,
    )
    assert isinstance(recorder, types.AudioRecorder)
    assert (recorder.duration, recorder.samplerate, recorder.audio_channels) == (3, 250_000, 1)
    assert (recorder.device_name, recorder.chunksize) == ("UltraMic 250K", 8192)
    assert (recorder.audio_dir, recorder.time_expansion) == (tmp_path / "out", 10)
    assert not (tmp_path / "out").exists()


def test_without_portaudio_one_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    recorder = PyAudioRecorder(1, 48_000, 1, "any", audio_dir=tmp_path / "out")
    with pytest.raises(DeviceUnavailableError, match=r"acoupi\[portaudio\].*libportaudio2"):
        recorder.record(Deployment(name="Old oak"))
    assert not (tmp_path / "out").exists()
