"""The PipeWire recorder, with programs in PipeWire's place."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from acoupi.audio.wav import open_wav
from acoupi.components.audio_recorder import (
    AlsaRecorder,
    MicrophoneConfig,
    PWRecorder,
    PWRecorderConfig,
    ReplayRecorder,
    create_recorder,
)
from acoupi.data import Deployment
from acoupi.errors import DeviceConfigurationError, DeviceUnavailableError

DEPLOYMENT = Deployment(name="Old oak")
SOUND = bytes(range(250)) * 40


def a_program(path: Path, does: str) -> None:
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


def a_node(rate_hz: int) -> dict[str, Any]:
    format = {"mediaType": "audio", "mediaSubtype": "raw", "rate": rate_hz, "channels": 1}
    props = {"media.class": "Audio/Source", "node.name": "ultramic", "node.description": "Ultra"}
    info = {"props": props, "params": {"EnumFormat": [format]}}
    return {"type": "PipeWire:Interface:Node", "info": info}


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a ``pw-dump``, and a ``pw-record`` that gives ``SOUND`` over and over."""
    folder = tmp_path / "bin"
    folder.mkdir()
    settings = {
        "type": "PipeWire:Interface:Metadata",
        "props": {"metadata.name": "settings"},
        "metadata": [{"key": "clock.rate", "value": 48_000}],
    }
    (folder / "dump").write_text(json.dumps([settings, a_node(48_000)]))
    (folder / "sound").write_bytes(SOUND)
    a_program(folder / "pw-dump", f"cat {folder}/dump")
    record = f'echo "$@" > {folder}/asked; while cat {folder}/sound; do sleep 0.05; done'
    a_program(folder / "pw-record", f'[ "$1" = --help ] && exit 0; {record}')
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def test_a_program_that_asks_for_pipewire_gets_it_and_others_do_not(tmp_path: Path) -> None:
    options = {"samplerate": 96_000, "time_expansion": 2}
    recorder = create_recorder(PWRecorderConfig(device_name="mic", **options), 3, tmp_path)
    assert isinstance(recorder, PWRecorder)
    assert (recorder.duration, recorder.samplerate, recorder.audio_channels) == (3, 96_000, 1)
    assert (recorder.device_name, recorder.time_expansion) == ("mic", 2)
    plain = create_recorder(MicrophoneConfig(device_name="mic"), 3, tmp_path)
    assert isinstance(plain, AlsaRecorder)
    tape = create_recorder(PWRecorderConfig(device_name="replay:/tape"), 3, tmp_path)
    assert isinstance(tape, ReplayRecorder)


def test_recordings_are_what_the_program_wrote(programs: Path, tmp_path: Path) -> None:
    recorder = PWRecorder(0.25, 48_000, 1, "Ultra", tmp_path / "out")
    recording = recorder.record(DEPLOYMENT)
    recorder.close()
    assert recording.path
    assert open_wav(recording.path).read() in SOUND * 20
    asked = (programs / "asked").read_text().split()
    assert {"--target=ultramic", "--rate=48000", "--channels=1", "--format=s16"} <= set(asked)
    assert "--raw" not in asked


def test_a_newer_program_is_asked_for_bare_samples(programs: Path, tmp_path: Path) -> None:
    script = (programs / "pw-record").read_text().replace("&& exit 0", "&& echo --raw && exit 0")
    a_program(programs / "pw-record", script)
    recorder = PWRecorder(0.25, 48_000, 1, "ultramic", tmp_path)
    recorder.check()
    assert (programs / "asked").read_text().split()[0] == "--raw"


def test_a_recording_can_be_made_at_a_path_with_a_length_of_its_own(
    programs: Path, tmp_path: Path
) -> None:
    recorder = PWRecorder(0.25, 48_000, 1, "ultramic", tmp_path / "out")
    wanted = tmp_path / "new" / "noise.wav"
    recorder.generate_recording(wanted, 0.5)
    recorder.close()
    made = open_wav(wanted)
    assert (made.frames, made.metadata) == (24_000, None)
    assert made.read() in SOUND * 20
    assert list(wanted.parent.iterdir()) == [wanted]


@pytest.mark.parametrize(("rate_hz", "channels"), [(44_100, 1), (48_000, 2)])
def test_what_would_be_resampled_or_mixed_is_refused(
    programs: Path, tmp_path: Path, rate_hz: int, channels: int
) -> None:
    recorder = PWRecorder(1, rate_hz, channels, "ultramic", tmp_path)
    with pytest.raises(DeviceConfigurationError, match="'ultramic'") as caught:
        recorder.check()
    assert "1 channel(s), at 48000 Hz" in str(caught.value.help)
    assert not (programs / "asked").exists()


def test_ultrasound_that_pipewire_would_not_pass_on_is_refused(
    programs: Path, tmp_path: Path
) -> None:
    dump = json.loads((programs / "dump").read_text())
    (programs / "dump").write_text(json.dumps([dump[0], a_node(250_000)]))
    with pytest.raises(DeviceConfigurationError, match="48000 Hz at most") as caught:
        PWRecorder(1, 250_000, 1, "ultramic", tmp_path).check()
    assert "allowed-rates" in str(caught.value.help)


@pytest.mark.usefixtures("programs")
def test_another_microphone_is_never_recorded_in_place_of_the_one_asked_for(
    tmp_path: Path,
) -> None:
    with pytest.raises(DeviceUnavailableError, match="'nosuch'"):
        PWRecorder(1, 48_000, 1, "nosuch", tmp_path / "out").record(DEPLOYMENT)
    assert not (tmp_path / "out").exists()


def test_a_program_that_ends_is_reported_with_its_last_words(
    programs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    says = f"cat {programs}/sound; echo 'node has left' >&2; exit 1"
    a_program(programs / "pw-record", f'[ "$1" = --help ] && exit 0; {says}')
    recorder = PWRecorder(9, 48_000, 1, "ultramic", tmp_path / "out")
    with closing(recorder):
        recording = recorder.record(DEPLOYMENT)
    assert recording.path
    assert open_wav(recording.path).read() == (programs / "sound").read_bytes()
    assert "node has left" in caplog.text


def test_without_pipewire_one_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeviceUnavailableError, match="apt install pipewire-bin"):
        PWRecorder(1, 48_000, 1, "any", tmp_path).check()
