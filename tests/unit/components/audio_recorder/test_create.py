"""What a microphone's name asks for."""

import math
from pathlib import Path

import pytest
from pydantic import ValidationError

from acoupi.components.audio_recorder import (
    AlsaRecorder,
    MicrophoneConfig,
    ReplayRecorder,
    create_recorder,
)


def test_the_name_of_a_device_gives_an_alsa_recorder(tmp_path: Path) -> None:
    config = MicrophoneConfig(device_name="hw:1", samplerate=250_000, time_expansion=10)
    recorder = create_recorder(config, 3, tmp_path)
    assert isinstance(recorder, AlsaRecorder)
    assert (recorder.device_name, recorder.frames) == ("hw:1", 750_000)
    assert recorder.time_expansion == 10


@pytest.mark.parametrize(
    ("options", "speed", "loop"),
    [
        ("", 1, True),
        ("?speed=max", math.inf, True),
        ("?speed=2.5&loop=no", 2.5, False),
        ("?loop=yes", 1, True),
    ],
)
def test_a_replay_has_options(tmp_path: Path, options: str, speed: float, loop: bool) -> None:
    config = MicrophoneConfig(device_name=f"replay:{tmp_path}/a b.wav{options}")
    recorder = create_recorder(config, 3, tmp_path)
    assert isinstance(recorder, ReplayRecorder)
    assert recorder.source == tmp_path / "a b.wav"
    assert (recorder.speed, recorder.loop) == (speed, loop)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "replay:",
        "replay:a?speed=0",
        "replay:a?speed=fast",
        "replay:a?loop=maybe",
        "replay:a?x=1",
    ],
)
def test_a_name_that_makes_no_sense_is_refused_by_the_configuration(name: str) -> None:
    with pytest.raises(ValidationError):
        MicrophoneConfig(device_name=name)


def test_a_relative_path_is_that_of_the_folder_where_it_was_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = MicrophoneConfig(device_name="replay:bats?speed=max&loop=no")
    assert config.device_name == f"replay:{tmp_path}/bats?speed=max&loop=no"


def test_making_a_recorder_touches_nothing(tmp_path: Path) -> None:
    create_recorder(MicrophoneConfig(device_name="replay:/nowhere"), 3, tmp_path / "out")
    create_recorder(MicrophoneConfig(device_name="nosuch"), 3, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_line_sets_the_microphone() -> None:
    args = ["--microphone.device_name", "hw:1", "--microphone.samplerate", "250000"]
    config = MicrophoneConfig.setup(args, prompt=False, prefix="microphone")
    assert config == MicrophoneConfig(device_name="hw:1", samplerate=250_000)


def test_the_files_have_the_depth_that_is_asked_for(tmp_path: Path) -> None:
    usual = create_recorder(MicrophoneConfig(device_name="hw:1"), 3, tmp_path)
    assert isinstance(usual, AlsaRecorder)
    assert usual.format.sample_bytes == 2
    deep = create_recorder(MicrophoneConfig(device_name="hw:1", bit_depth=24), 3, tmp_path)
    assert isinstance(deep, AlsaRecorder)
    assert deep.format.sample_bytes == 3


@pytest.mark.parametrize("bits", [8, 20, 32])
def test_no_other_depth_is_taken(bits: int) -> None:
    with pytest.raises(ValidationError):
        MicrophoneConfig.model_validate({"device_name": "hw:1", "bit_depth": bits})
