"""What a stream may be called, and what ffmpeg is asked for."""

from pathlib import Path

import pytest

from acoupi.audio.ffmpeg import FFMPEG
from acoupi.audio.wav import WavFormat
from acoupi.components.audio_recorder import MicrophoneConfig


@pytest.fixture(autouse=True)
def ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acoupi.audio.ffmpeg.find_program", lambda name, package: name)


@pytest.mark.parametrize(
    "name",
    [
        "stream:rtsp://camera.local/live",
        "stream:https://user@host:81/a b.ogg",
        "stream:udp:239.0.0.1",
        "stream:/audio/a.flac",
        "stream:",
        "stream:-i",
        "hw:CARD=stream,DEV=0",
    ],
)
def test_what_means_the_same_everywhere_is_left_as_it_is(name: str) -> None:
    assert MicrophoneConfig(device_name=name).device_name == name


def test_a_file_is_found_from_every_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    named = MicrophoneConfig(device_name="stream:night/a.flac").device_name
    assert named == f"stream:{tmp_path / 'night' / 'a.flac'}"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("rtsp://camera/live", ["-rtsp_flags", "prefer_tcp", "-i", "rtsp://camera/live"]),
        ("udp://239.0.0.1:5000", ["-i", "udp://239.0.0.1:5000"]),
        ("http://host/a.ogg", ["-re", "-i", "http://host/a.ogg"]),
    ],
)
def test_only_what_may_be_a_file_is_held_back_to_its_time(url: str, words: list[str]) -> None:
    command = FFMPEG.command(f"stream:{url}", WavFormat(250_000, 2, 3))
    asked = command[command.index("error") + 1 : command.index("-vn")]
    assert asked == words
    assert command[-7:] == ["-f", "s24le", "-ac", "2", "-ar", "250000", "pipe:1"]
