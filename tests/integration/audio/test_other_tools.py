"""Files that other people's tools write, read by us as those tools read them."""

import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from acoupi.audio.samples import read_mono
from acoupi.audio.sound import open_sound
from acoupi.components.audio_recorder import MicrophoneConfig, create_recorder
from acoupi.data import Deployment
from acoupi.models.activity import ActivityDetector
from acoupi.models.sound_files import Circumstances, describe_file

CODECS = ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"]
TONE = ["-f", "lavfi", "-i", "sine=1000:r=44100:d=1", "-af", "adelay=200,volume=8,apad=pad_dur=1"]
RATE_HZ = 44_100

Ffmpeg = Callable[[Sequence[str]], bytes]


@pytest.fixture
def ffmpeg(requires: Callable[..., None]) -> Ffmpeg:
    """``ffmpeg(arguments)``: what it writes to its standard output."""
    requires(shutil.which("ffmpeg"), "ffmpeg", "apt install ffmpeg")

    def run(arguments: Sequence[str]) -> bytes:
        command = ["ffmpeg", "-v", "error", "-y", *TONE, *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout

    return run


def assert_heard_as_by_soundfile(path: Path) -> None:
    sound = open_sound(path)
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    assert (sound.frames, sound.format.rate_hz) == (len(samples), rate_hz)
    expected = samples.clip(-1, 1).mean(axis=1)
    assert read_mono(sound, 0, sound.frames) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("rf64", ["never", "always"])
def test_every_codec_of_ffmpeg_is_heard_as_it_is_by_soundfile(
    ffmpeg: Ffmpeg, tmp_path: Path, codec: str, rf64: str
) -> None:
    path = tmp_path / "a.wav"
    for channels in ("1", "2", "3"):
        ffmpeg(["-c:a", codec, "-ac", channels, "-rf64", rf64, str(path)])
        assert_heard_as_by_soundfile(path)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("rf64", ["never", "always"])
def test_what_ffmpeg_wrote_into_a_pipe_is_what_it_wrote_into_a_file(
    ffmpeg: Ffmpeg, tmp_path: Path, codec: str, rf64: str
) -> None:
    piped, whole = tmp_path / "piped.wav", tmp_path / "whole.wav"
    piped.write_bytes(ffmpeg(["-c:a", codec, "-rf64", rf64, "-f", "wav", "-"]))
    ffmpeg(["-c:a", codec, str(whole)])
    assert open_sound(piped).read() == open_sound(whole).read() != b""


@pytest.mark.parametrize("channels", [1, 2])
def test_what_arecord_wrote_into_a_pipe_has_all_of_its_samples(
    requires: Callable[..., None], tmp_path: Path, channels: int
) -> None:
    requires(shutil.which("arecord"), "arecord", "apt install alsa-utils")
    path = tmp_path / "a.wav"
    settings = ["-D", "null", "-f", "S16_LE", "-r", "8000", "-c", str(channels), "-s", "4000"]
    command = ["arecord", "-q", "-t", "wav", *settings, "-"]
    path.write_bytes(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    assert open_sound(path).frames == 4000


@pytest.mark.parametrize("format", ["WAV", "WAVEX", "RF64"])
@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_every_subtype_of_soundfile_is_heard_as_it_was_written(
    tmp_path: Path, format: str, subtype: str
) -> None:
    noise = np.random.default_rng(3).uniform(-1, 1, (1001, 3))
    path = tmp_path / "a.wav"
    soundfile.write(path, noise, RATE_HZ, subtype, format=format)
    assert_heard_as_by_soundfile(path)


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
def test_flac_of_every_depth_is_heard_as_it_was_written(tmp_path: Path, subtype: str) -> None:
    noise = np.random.default_rng(3).uniform(-1, 1, (1001, 2))
    path = tmp_path / "a.flac"
    soundfile.write(path, noise, RATE_HZ, subtype)
    assert_heard_as_by_soundfile(path)


def test_a_model_finds_the_same_in_every_form_of_one_sound(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    def found(name: str, *arguments: str) -> list[list[float]]:
        path = tmp_path / name
        path.write_bytes(ffmpeg([*arguments, "-"]))
        output = ActivityDetector().run(describe_file(path, Circumstances()))
        boxes = [detection.location for detection in output.detections]
        return [[round(edge, 3) for edge in box.coordinates] for box in boxes if box]

    plain = found("a.wav", "-c:a", "pcm_s16le", "-f", "wav")
    assert plain
    assert found("b.wav", "-c:a", "pcm_f32le", "-f", "wav") == plain
    assert found("c.wav", "-c:a", "pcm_s32le", "-rf64", "always", "-f", "wav") == plain


def test_floats_from_a_pipe_can_be_replayed(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    source.write_bytes(ffmpeg(["-c:a", "pcm_f32le", "-f", "wav", "-"]))
    microphone = MicrophoneConfig(device_name=f"replay:{source}?speed=max&loop=no")
    recording = create_recorder(microphone, 60, tmp_path / "made").record(Deployment(name="oak"))
    assert recording.path
    assert open_sound(recording.path).read() == open_sound(source).read()
