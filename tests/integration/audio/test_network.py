"""Recording what comes over a network, through a real ``ffmpeg``."""

import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest

from acoupi.audio.wav import WavFormat, open_wav, write_wav
from acoupi.components.audio_recorder import MicrophoneConfig, create_recorder
from acoupi.data import Deployment, Recording
from acoupi.errors import DeviceConfigurationError, DeviceUnavailableError

DEPLOYMENT = Deployment(name="Old oak")
FORMAT = WavFormat(48_000, 1, 2)


@pytest.fixture(autouse=True)
def ffmpeg(requires: Callable[..., None]) -> None:
    requires(shutil.which("ffmpeg"), "ffmpeg", "apt install ffmpeg")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def sound(tmp_path: Path) -> bytes:
    (tmp_path / "web").mkdir()
    sound = Random(1).randbytes(2 * 8 * 48_000)
    write_wav(tmp_path / "web" / "live.wav", FORMAT, 8 * 48_000, [sound])
    return sound


@pytest.fixture
def address(tmp_path: Path, sound: bytes) -> Iterator[str]:
    handler = partial(Quiet, directory=str(tmp_path / "web"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def sound_of(recording: Recording) -> bytes:
    assert recording.path
    return open_wav(recording.path).read()


def test_recordings_of_a_stream_join_to_what_was_sent(
    address: str, sound: bytes, tmp_path: Path
) -> None:
    config = MicrophoneConfig(device_name=f"stream:{address}/live.wav")
    recorder = create_recorder(config, 1, tmp_path / "out", interval_s=1)
    made = [recorder.record(DEPLOYMENT) for _ in range(3)]
    lost = recorder.losses()
    recorder.close()
    assert sound.find(b"".join(map(sound_of, made))) == 0
    assert lost == []


def test_a_stream_that_is_not_there_is_named(address: str, tmp_path: Path) -> None:
    config = MicrophoneConfig(device_name=f"stream:{address}/nothing.wav")
    recorder = create_recorder(config, 1, tmp_path / "out")
    with pytest.raises(DeviceUnavailableError, match=r"nothing\.wav"):
        recorder.check()


def test_a_stream_without_an_address_is_a_wrong_configuration(tmp_path: Path) -> None:
    recorder = create_recorder(MicrophoneConfig(device_name="stream:"), 1, tmp_path)
    with pytest.raises(DeviceConfigurationError, match="where the stream is"):
        recorder.check()
