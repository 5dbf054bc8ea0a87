"""Recording through a real PortAudio, from a virtual ALSA device."""

import ctypes.util
import importlib.util
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from acoupi.audio.capture import Patience
from acoupi.audio.wav import WavFormat, open_wav
from acoupi.components.audio_recorder import PyAudioRecorder
from acoupi.data import Deployment, Recording
from acoupi.errors import DeviceConfigurationError, DeviceError, DeviceUnavailableError

DEPLOYMENT = Deployment(name="Old oak")
IMPATIENT = Patience(first_s=5, next_s=1)
Children = Callable[[], list[psutil.Process]]
CHILD = "acoupi.devices.audio.portaudio_child"


@pytest.fixture(autouse=True)
def portaudio(requires: Callable[..., None]) -> None:
    present = importlib.util.find_spec("sounddevice") and ctypes.util.find_library("portaudio")
    requires(present, "PortAudio", "pip install 'acoupi[portaudio]'; apt install libportaudio2")


@contextmanager
def a_recorder(folder: Path, **options: Any) -> Generator[PyAudioRecorder]:
    known: dict[str, Any] = {
        "duration": 0.5,
        "samplerate": 48_000,
        "audio_channels": 1,
        "device_name": "birdmic",
        "patience": IMPATIENT,
    }
    recorder = PyAudioRecorder(audio_dir=folder, **(known | options))
    try:
        yield recorder
    finally:
        recorder.close()


def sound_of(recording: Recording) -> bytes:
    assert recording.path
    return open_wav(recording.path).read()


def run_python(code: str) -> list[str]:
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ran.stdout.splitlines()


def test_the_microphones_are_listed(microphone: Any) -> None:
    # A process of its own: PortAudio reads the list once, when it is loaded.
    code = (
        "from acoupi.devices.audio.pyaudio import *;"
        "print(*((d.name, d.default_samplerate) for d in get_input_devices()));"
        "print(get_default_microphone(), has_input_audio_device())"
    )
    listed, default = run_python(code)
    assert listed == "('birdmic', 48000.0) ('batmic', 384000.0)"
    assert default == "(1, 48000, 'birdmic') True"


@pytest.mark.parametrize(("device_name", "rate_hz"), [("birdmic", 48_000), ("batmic", 384_000)])
def test_recordings_that_follow_each_other_are_exact_to_the_sample(
    microphone: Any, tmp_path: Path, device_name: str, rate_hz: int, children: Children
) -> None:
    options = {"device_name": device_name, "samplerate": rate_hz, "duration": 1.5}
    with a_recorder(tmp_path / "out", **options) as recorder:
        sound = sound_of(recorder.record(DEPLOYMENT)) + sound_of(recorder.record(DEPLOYMENT))
    assert len(sound) == 2 * 3 * rate_hz
    assert microphone.heard_at(sound) >= 0
    assert children() == []


@pytest.mark.parametrize(("words", "channels"), [("S24_3LE", 2), ("S32_LE", 1), ("S16_LE", 1)])
def test_24_bit_are_in_the_files_bit_for_bit(
    microphone: Any, tmp_path: Path, words: str, channels: int
) -> None:
    given = microphone.plug_in(words, 96_000, channels)
    if words == "S16_LE":
        given = b"".join(b"\0" + given[at : at + 2] for at in range(0, len(given), 2))
    shape = {"device_name": "anymic", "samplerate": 96_000, "audio_channels": channels}
    with a_recorder(tmp_path, **shape, bit_depth=24) as recorder:
        made = open_wav(recorder.record(DEPLOYMENT).path or tmp_path)
    assert made.format == WavFormat(96_000, channels, 3)
    assert made.read() in given * 3


def test_with_pauses_a_recording_begins_at_its_instant(microphone: Any, tmp_path: Path) -> None:
    with a_recorder(tmp_path, duration=0.2, interval_s=0.5) as recorder:
        recorder.record(DEPLOYMENT)
        time.sleep(0.8)
        made = recorder.record(DEPLOYMENT)
    second = made.created_on.timestamp()
    assert second == pytest.approx(round(2 * second) / 2, abs=0.005)


def test_a_recording_asked_for_after_a_pause_starts_when_it_is_asked_for(
    microphone: Any, tmp_path: Path
) -> None:
    with a_recorder(tmp_path, joins_within_s=0.1) as recorder:
        first = recorder.record(DEPLOYMENT)
        time.sleep(0.3)
        second = recorder.record(DEPLOYMENT)
    assert (second.created_on - first.created_on).total_seconds() > 0.7


def test_a_path_and_a_length_can_be_chosen(microphone: Any, tmp_path: Path) -> None:
    with a_recorder(tmp_path / "out") as recorder:
        recorder.generate_recording(tmp_path / "noise.wav", duration=0.25)
    made = open_wav(tmp_path / "noise.wav")
    assert made.frames == 12_000
    assert microphone.heard_at(made.read()) >= 0
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("fault", ["unplug", "stall", "io"])
def test_a_device_on_which_portaudio_hangs_is_given_up_with_its_child(
    microphone: Any,
    tmp_path: Path,
    fault: str,
    record_until_it_fails: Callable[..., None],
    children: Children,
) -> None:
    with a_recorder(tmp_path / "out", duration=1) as recorder:
        recorder.record(DEPLOYMENT)
        assert [CHILD in child.cmdline() for child in children()] == [True]
        microphone.fail(fault)
        with pytest.raises(DeviceError, match="'birdmic'"):
            record_until_it_fails(recorder)
        assert all(open_wav(path).frames for path in (tmp_path / "out").iterdir())
        microphone.fail("")
        assert microphone.heard_at(sound_of(recorder.record(DEPLOYMENT))) >= 0
    assert children() == []


def test_a_device_that_is_not_there_is_named_with_those_that_are(
    microphone: Any, tmp_path: Path
) -> None:
    with (
        a_recorder(tmp_path, device_name="nosuch") as recorder,
        pytest.raises(DeviceUnavailableError, match=r"'nosuch'.*'birdmic', 'batmic'"),
    ):
        recorder.check()


@pytest.mark.parametrize("wrong", [{"samplerate": 44_100}, {"audio_channels": 2}])
def test_a_rate_or_channels_that_the_device_lacks_are_a_wrong_configuration(
    microphone: Any, tmp_path: Path, wrong: dict[str, int]
) -> None:
    with a_recorder(tmp_path, **wrong) as recorder, pytest.raises(DeviceConfigurationError):
        recorder.check()
