"""Recording through a real PipeWire, without a desktop or a sound card."""

import json
import os
import random
import shutil
import signal
import subprocess
import wave
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from acoupi.audio.capture import Patience
from acoupi.audio.wav import open_wav
from acoupi.cli import acoupi
from acoupi.components.audio_recorder import PWRecorder
from acoupi.data import Deployment, Recording
from acoupi.devices.audio.pipewire import (
    get_default_microphone,
    get_graph_rates_hz,
    get_input_device_by_name,
    get_input_devices,
    has_input_audio_device,
)
from acoupi.errors import DeviceError, DeviceUnavailableError

DEPLOYMENT = Deployment(name="Old oak")
PROGRAMS = ["dbus-run-session", "pipewire", "wireplumber", "pw-cli", "pw-link", "pw-cat"]
RATE_HZ = 48_000
# Long cycles, since nobody here may ask for real-time scheduling.
CONFIGURATION = """
context.properties = {
    default.clock.quantum = 8192, default.clock.min-quantum = 8192
    default.clock.max-quantum = 8192
}
context.objects = [ %s ]
"""
# WirePlumber gives up when PipeWire is not there yet.
SERVERS = """
pipewire &
until pw-cli info 0 >/dev/null; do sleep 0.05; done
exec wireplumber
"""
MICROPHONE = """
    {{ factory = adapter args = {{
        factory.name = support.null-audio-sink, media.class = Audio/Source/Virtual
        node.name = {name}, node.description = "{description}", priority.session = {priority}
        audio.position = [ MONO ], audio.rate = 48000
    }} }}
"""


def succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def names() -> list[str]:
    return [device.name for device in get_input_devices()]


def default_name() -> str | None:
    return get_default_microphone().name if has_input_audio_device() else None


@pytest.fixture
def pipewire(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    requires: Callable[..., None],
    wait_until: Callable[..., None],
) -> Generator[None]:
    """Run PipeWire and its session manager, with the microphones birdmic and batmic."""
    how = "apt install pipewire pipewire-bin wireplumber dbus-user-session"
    requires(all(map(shutil.which, PROGRAMS)), "PipeWire", how)
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    microphones = [
        MICROPHONE.format(name="birdmic", description="Bird microphone", priority=2000),
        MICROPHONE.format(name="batmic", description="Bat microphone", priority=1000),
    ]
    configuration = runtime / "pipewire" / "pipewire.conf.d"
    configuration.mkdir(parents=True)
    (configuration / "microphones.conf").write_text(CONFIGURATION % "".join(microphones))
    for name in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "PIPEWIRE_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(runtime))
    servers = subprocess.Popen(
        ["dbus-run-session", "--", "sh", "-c", SERVERS],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(lambda: default_name() == "birdmic")
        yield
    finally:
        os.killpg(servers.pid, signal.SIGKILL)
        servers.wait()


@pytest.fixture
def sound(pipewire: None, tmp_path: Path, wait_until: Callable[..., None]) -> Generator[bytes]:
    """Half a minute of noise that the microphone hears."""
    noise = random.Random(1).randbytes(2 * RATE_HZ * 30)
    with wave.open(str(tmp_path / "noise.wav"), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(noise)
    player = ["pw-cat", "-p", "--target=0", "-P", "{ node.name=bird }"]
    playing = subprocess.Popen([*player, str(tmp_path / "noise.wav")])
    try:
        wait_until(lambda: succeeds("pw-link", "bird:output_MONO", "birdmic:input_MONO"))
        yield noise
    finally:
        playing.kill()
        playing.wait()


@contextmanager
def a_recorder(folder: Path, device_name: str = "birdmic") -> Generator[PWRecorder]:
    patience = Patience(first_s=5, next_s=1)
    recorder = PWRecorder(1.5, RATE_HZ, 1, device_name, folder, patience=patience)
    try:
        yield recorder
    finally:
        recorder.close()


def sound_of(recording: Recording) -> bytes:
    assert recording.path
    return open_wav(recording.path).read()


@pytest.mark.usefixtures("pipewire")
def test_the_microphones_are_listed() -> None:
    assert names() == ["birdmic", "batmic"]
    device = get_input_device_by_name("Bird microphone")
    assert device.name == "birdmic"
    assert (device.max_input_channels, device.samplerates) == (1, [RATE_HZ])
    assert get_default_microphone() == device
    assert get_graph_rates_hz() == {RATE_HZ}


@pytest.mark.usefixtures("sound")
def test_a_microphone_can_be_tried_by_its_name_in_the_list() -> None:
    call = partial(CliRunner().invoke, acoupi)
    listed = json.loads(call(["devices", "--via", "pipewire", "--json"]).stdout)
    assert [(d["name"], d["rates_hz"]) for d in listed] == [
        ("birdmic", [RATE_HZ]),
        ("batmic", [RATE_HZ]),
    ]
    heard = call(["devices", "--test", "birdmic", "--seconds", "0.5", "--json"])
    assert heard.exit_code == 0, heard.stderr
    assert json.loads(heard.stdout)["is_flat"] is False


def test_recordings_that_follow_each_other_are_exact_to_the_sample(
    sound: bytes, tmp_path: Path
) -> None:
    with a_recorder(tmp_path / "out", "Bird microphone") as recorder:
        recorder.record(DEPLOYMENT)  # may begin before the bird does
        heard = sound_of(recorder.record(DEPLOYMENT)) + sound_of(recorder.record(DEPLOYMENT))
    assert len(heard) == 2 * 3 * RATE_HZ
    assert sound.find(heard) >= 0


def test_24_bit_hold_exactly_what_16_bit_held(sound: bytes, tmp_path: Path) -> None:
    recorder = PWRecorder(0.5, RATE_HZ, 1, "birdmic", tmp_path / "out", bit_depth=24)
    try:
        recorder.record(DEPLOYMENT)  # may begin before the bird does
        recorder.record(DEPLOYMENT)
        heard = sound_of(recorder.record(DEPLOYMENT))
    finally:
        recorder.close()
    assert len(heard) == 3 * RATE_HZ // 2
    upper = bytearray(RATE_HZ)
    upper[::2], upper[1::2] = heard[1::3], heard[2::3]
    assert not any(heard[::3])
    assert sound.find(upper) >= 0


@pytest.mark.usefixtures("sound")
def test_a_microphone_that_leaves_is_given_up_and_no_other_is_recorded(
    tmp_path: Path, wait_until: Callable[..., None], record_until_it_fails: Callable[..., None]
) -> None:
    before = psutil.Process().children()
    with a_recorder(tmp_path / "out") as recorder:
        recorder.record(DEPLOYMENT)
        wait_until(lambda: succeeds("pw-cli", "destroy", "birdmic") and names() == ["batmic"])
        with pytest.raises(DeviceError, match="'birdmic'"):
            record_until_it_fails(recorder)
        with pytest.raises(DeviceUnavailableError, match="'birdmic'"):
            recorder.record(DEPLOYMENT)
    assert psutil.Process().children() == before
    assert all(open_wav(path).frames for path in (tmp_path / "out").iterdir())
