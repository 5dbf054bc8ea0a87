"""Recording what comes over a network, through a real ``ffmpeg``."""

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from subprocess import Popen
from typing import Literal

import pytest

from acoupi.audio.flac_codec import keep_as_flac
from acoupi.audio.loss import Lost
from acoupi.audio.wav import WavFormat, open_wav, write_wav
from acoupi.components.audio_recorder import MicrophoneConfig, StreamRecorder, create_recorder
from acoupi.data import Deployment, Recording
from acoupi.errors import DeviceConfigurationError, DeviceError, DeviceUnavailableError

DEPLOYMENT = Deployment(name="Old oak")
FORMAT = WavFormat(48_000, 1, 2)


@pytest.fixture(autouse=True)
def ffmpeg(requires: Callable[..., None]) -> None:
    requires(shutil.which("ffmpeg"), "ffmpeg", "apt install ffmpeg")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def write_noise(path: Path, format: WavFormat, seconds: int = 8) -> bytes:
    frames = seconds * format.rate_hz
    noise = Random(1).randbytes(frames * format.frame_bytes)
    write_wav(path, format, frames, [noise])
    return noise


@pytest.fixture
def sound(tmp_path: Path) -> bytes:
    (tmp_path / "web").mkdir()
    return write_noise(tmp_path / "web" / "live.wav", FORMAT)


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


RTSP = Path(__file__).parents[2] / "tools" / "rtsp_server.py"
HAS_GSTREAMER = "import gi; gi.require_version('GstRtspServer', '1.0')"


@pytest.fixture
def serve(requires: Callable[..., None]) -> Iterator[Callable[..., tuple[str, Popen[str]]]]:
    """``serve(wav, port, bits, *only)``: an RTSP server, and its address."""
    python = "/usr/bin/python3"
    present = Path(python).exists() and not subprocess.call([python, "-c", HAS_GSTREAMER])
    parts = "gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good"
    requires(present, "an RTSP server", f"apt install {parts} gstreamer1.0-plugins-base")
    servers: list[Popen[str]] = []

    def start(*args: object) -> tuple[str, Popen[str]]:
        words = [python, str(RTSP), *map(str, args)]
        servers.append(Popen(words, stdout=subprocess.PIPE, text=True))
        assert servers[-1].stdout
        return servers[-1].stdout.readline().strip(), servers[-1]

    yield start
    for server in servers:
        with server:
            server.kill()


@pytest.mark.parametrize(
    ("depth", "channels", "only"), [(16, 1, []), (24, 2, []), (16, 1, ["udp"])]
)
def test_recordings_of_rtsp_join_to_what_was_sent(
    serve: Callable[..., tuple[str, Popen[str]]],
    tmp_path: Path,
    depth: Literal[16, 24],
    channels: int,
    only: list[str],
) -> None:
    sent = write_noise(tmp_path / "live.wav", WavFormat(48_000, channels, depth // 8))
    address, _ = serve(tmp_path / "live.wav", 0, depth, *only)
    config = MicrophoneConfig(
        device_name=f"stream:{address}", audio_channels=channels, bit_depth=depth
    )
    recorder = create_recorder(config, 1, tmp_path / "out", interval_s=1)
    try:
        made = [recorder.record(DEPLOYMENT) for _ in range(3)]
        lost = recorder.losses()
    finally:
        recorder.close()
    joined = b"".join(map(sound_of, made))
    assert len(joined) == 3 * 48_000 * channels * depth // 8
    assert joined in sent
    assert lost == []


def test_a_server_that_goes_and_comes_back_is_listened_to_again(
    serve: Callable[..., tuple[str, Popen[str]]], tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    sent = write_noise(tmp_path / "live.wav", FORMAT)
    address, server = serve(tmp_path / "live.wav", 0, 16)
    recorder = StreamRecorder(f"stream:{address}", 0.5, tmp_path / "out", interval_s=0.5)
    try:
        before = sound_of(recorder.record(DEPLOYMENT))
        server.kill()
        server.wait()
        with pytest.raises(DeviceError, match=re.escape(address)):
            record_on(recorder)
        serve(tmp_path / "live.wav", address.split(":")[-1].split("/")[0], 16)
        again: list[Recording] = []
        lost: list[Lost] = []

        def is_accounted_for() -> bool:
            again.extend(record_if_well(recorder))
            lost.extend(recorder.losses())
            return bool(again and lost)

        wait_until(is_accounted_for)
    finally:
        recorder.close()
    assert before in sent
    assert sound_of(again[0]) in sent
    assert sum(each.samples for each in lost) > 0
    assert {each.why for each in lost} == {"gone"}


def record_on(recorder: StreamRecorder) -> None:
    """Record until it fails: what came before a fault is a recording too."""
    for _ in range(20):
        recorder.record(DEPLOYMENT)


def record_if_well(recorder: StreamRecorder) -> list[Recording]:
    try:
        return [recorder.record(DEPLOYMENT)]
    except DeviceError:
        return []


def test_a_file_is_listened_to_in_its_time(tmp_path: Path) -> None:
    format = WavFormat(384_000, 2, 3)
    sent = write_noise(tmp_path / "bats.wav", format, seconds=3)
    flac = keep_as_flac(open_wav(tmp_path / "bats.wav"), tmp_path / "bats.flac", b"")
    config = MicrophoneConfig(
        device_name=f"stream:{flac}", samplerate=384_000, audio_channels=2, bit_depth=24
    )
    recorder = create_recorder(config, 0.7, tmp_path / "out", interval_s=0.7)
    begun_s = time.monotonic()
    try:
        made = [recorder.record(DEPLOYMENT) for _ in range(2)]
    finally:
        recorder.close()
    assert time.monotonic() - begun_s > 1
    assert sent.find(b"".join(map(sound_of, made))) == 0


def test_a_stream_that_is_not_there_is_named(address: str, tmp_path: Path) -> None:
    config = MicrophoneConfig(device_name=f"stream:{address}/nothing.wav")
    recorder = create_recorder(config, 1, tmp_path / "out")
    with pytest.raises(DeviceUnavailableError, match=r"nothing\.wav"):
        recorder.check()


def test_what_is_said_of_a_stream_keeps_its_password(
    address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = address.replace("//", "//owl:hoot@")
    config = MicrophoneConfig(device_name=f"stream:{secret}/nothing.wav")
    recorder = create_recorder(config, 1, tmp_path / "out")
    with pytest.raises(DeviceUnavailableError, match=r"owl:\*\*\*@") as raised:
        recorder.check()
    assert "hoot" not in f"{raised.value} {raised.value.help} {caplog.text}"


def test_a_stream_without_an_address_is_a_wrong_configuration(tmp_path: Path) -> None:
    recorder = create_recorder(MicrophoneConfig(device_name="stream:"), 1, tmp_path)
    with pytest.raises(DeviceConfigurationError, match="where the stream is"):
        recorder.check()
