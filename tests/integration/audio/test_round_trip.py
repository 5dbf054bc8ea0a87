"""From a microphone into what is kept, and back out of it with other people's tools."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, cast

import pytest
from guano import GuanoFile

from acoupi.audio.guano import read_identity
from acoupi.audio.sound import open_sound
from acoupi.audio.wav import WavFormat, open_wav
from acoupi.audio.wav_header import find_chunks
from acoupi.components import DateFileManager
from acoupi.components.audio_recorder import MicrophoneConfig, create_recorder
from acoupi.components.saving_managers.keeping import SavingFormat
from acoupi.data import Deployment, Recording
from acoupi.errors import DeviceConfigurationError

DEPLOYMENT = Deployment(name="Old oak", latitude=51.5, longitude=-0.125)
Depth = Literal[16, 24]


@pytest.fixture
def flac(requires: Callable[..., None]) -> Callable[..., bytes]:
    """``flac(tool, *args)``: what FLAC's reference tools say."""
    requires(shutil.which("flac"), "FLAC's own tools", "apt install flac")

    def run(tool: str, *args: object) -> bytes:
        done = subprocess.run([tool, *map(str, args)], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def manager(folder: Path, format: SavingFormat) -> DateFileManager:
    made = DateFileManager(folder)
    made.format = format
    return made


def record(folder: Path, rate_hz: int, channels: int, depth: Depth, expansion: float) -> Recording:
    config = MicrophoneConfig(
        device_name="anymic",
        samplerate=rate_hz,
        audio_channels=channels,
        time_expansion=expansion,
        bit_depth=depth,
    )
    recorder = create_recorder(config, 0.2, folder)
    try:
        return recorder.record(DEPLOYMENT)
    finally:
        recorder.close()


@pytest.mark.parametrize("keep_as", ["wav", "flac"])
@pytest.mark.parametrize(
    ("words", "rate_hz", "channels", "depth", "expansion"),
    [
        ("S16_LE", 8_000, 1, 16, 1),
        ("S24_3LE", 22_050, 2, 24, 10),
        ("S16_LE", 44_100, 2, 16, 2.5),
        ("S32_LE", 192_000, 1, 24, 1),
        ("S16_LE", 384_000, 1, 16, 10),
        ("S24_LE", 500_000, 2, 24, 10),
    ],
)
def test_what_was_heard_is_in_what_is_kept_with_all_that_is_known_of_it(
    microphone: Any,
    tmp_path: Path,
    flac: Callable[..., bytes],
    keep_as: SavingFormat,
    words: str,
    rate_hz: int,
    channels: int,
    depth: Depth,
    expansion: float,
) -> None:
    given = microphone.plug_in(words, rate_hz, channels)
    recording = record(tmp_path / "waiting", rate_hz, channels, depth, expansion)
    waiting = open_wav(cast("Path", recording.path))
    kept = manager(tmp_path / "kept", keep_as).save_recording(recording)
    assert kept
    assert kept.suffix == f".{keep_as}"
    sound = open_sound(kept)
    assert sound.format == WavFormat(rate_hz, channels, depth // 8)
    assert sound.read() == waiting.read()
    assert sound.read() in given * 2
    identity = read_identity(kept)
    assert identity == read_identity(waiting.path)
    assert identity
    assert (identity.recording_id, identity.time_expansion) == (recording.id, expansion)
    assert (identity.created_on, identity.duration_s) == (recording.created_on, 0.2)
    again = kept if keep_as == "wav" else made_again(flac, kept)
    assert chunks(again) == chunks(waiting.path)
    assert open_wav(again).format == sound.format
    text = GuanoFile.from_string(open_wav(again).metadata or b"")
    assert text["Samplerate"] == round(rate_hz * expansion)
    assert text["acoupi|Deployment Name"] == "Old oak"
    assert text["Loc Position"] == (51.5, -0.125)


def chunks(path: Path) -> list[tuple[bytes, bytes]]:
    """Return what a WAV file holds but its format, which FLAC's own tool writes in its own way."""
    content = path.read_bytes()
    return [
        (name, content[at : at + size]) for name, at, size in find_chunks(path) if name != b"fmt "
    ]


def made_again(flac: Callable[..., bytes], kept: Path) -> Path:
    """Decode a file with FLAC's own tool, and look at its tags with another."""
    again = kept.with_suffix(".wav")
    flac("flac", "--test", "--silent", kept)
    flac("flac", "--decode", "--silent", "--keep-foreign-metadata", "-o", again, kept)
    tags = flac("metaflac", "--export-tags-to=-", kept).decode().splitlines()
    known = GuanoFile.from_string(open_wav(again).metadata or b"")
    assert f"Samplerate={known['Samplerate']}" in tags
    assert f"acoupi|Recording ID={known['acoupi|Recording ID']}" in tags
    return again


def test_recordings_of_other_devices_can_be_made_again_with_all_their_chunks(
    real_audio: Path, tmp_path: Path, flac: Callable[..., bytes]
) -> None:
    tried = 0
    for path in (real_audio / "soundscape.wav", *sorted((real_audio / "bats").iterdir())):
        try:
            wav = open_wav(path)
        except DeviceConfigurationError:
            continue
        recording = Recording(
            path=path,
            duration=wav.duration_s,
            samplerate=wav.format.rate_hz,
            deployment=DEPLOYMENT,
        )
        kept = manager(tmp_path, "flac").keep(recording, tmp_path / f"{path.stem}.wav")
        if kept.suffix != ".flac":
            continue
        again = tmp_path / "again.wav"
        flac("flac", "-d", "-f", "--silent", "--keep-foreign-metadata", "-o", again, kept)
        assert chunks(again) == chunks(path), path.name
        tried += 1
    assert tried >= 5
