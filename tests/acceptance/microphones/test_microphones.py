"""A sensor with two microphones, at 48 and 384 kHz; one of them is unplugged for a while."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from acoupi.audio.guano import read_identity
from acoupi.audio.wav import open_wav

TOOL = Path(__file__).parents[2] / "tools" / "virtualmic"
PLUGIN = "pcm_virtualmic"
RATES_HZ = {"birds": 48_000, "bats": 384_000}
SOUND_S = 4
FURTHER = {
    "name": "bats",
    "device_name": "batmic",
    "samplerate": 384_000,
    "gain_note": "dial at 3",
    "detector": {"preset": "ultrasonic"},
}
MICROPHONE = """
pcm.{device} {{
  type virtualmic
  file "{folder}/{device}.raw"
  rate {rate_hz}
  channels 1
  ctl "{folder}/{device}.ctl"
}}
"""

Wait = Callable[..., None]


class Sensor:
    """A sensor in a folder, whose microphones hear a known sound each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sounds: dict[str, bytes] = {}
        library = folder / f"libasound_module_{PLUGIN}.so"
        config = [
            "</usr/share/alsa/alsa.conf>",
            f'pcm_type.virtualmic {{ lib "{library}" }}',
            *(self.make_sound(name, rate_hz) for name, rate_hz in RATES_HZ.items()),
        ]
        (folder / "asound.conf").write_text("\n".join(config))
        options = ["-O2", "-shared", "-fPIC", "-DPIC", "-o", str(library)]
        subprocess.run(["gcc", *options, str(TOOL / f"{PLUGIN}.c"), "-lasound"], check=True)
        (folder / "home").mkdir(mode=0o700)

    def make_sound(self, name: str, rate_hz: int) -> str:
        device = name.removesuffix("s") + "mic"
        self.sounds[name] = random.Random(rate_hz).randbytes(2 * SOUND_S * rate_hz)
        (self.folder / f"{device}.raw").write_bytes(self.sounds[name])
        return MICROPHONE.format(device=device, folder=self.folder, rate_hz=rate_hz)

    def acoupi(self, *args: str) -> str:
        own = {
            "ACOUPI_HOME": str(self.folder / "home"),
            "ACOUPI_SUPERVISION": "detached",
            "ALSA_CONFIG_PATH": str(self.folder / "asound.conf"),
        }
        command = [sys.executable, "-m", "acoupi", *args]
        done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def set_up(self) -> None:
        flags = {
            "microphone.device_name": "birdmic",
            "microphone.name": "birds",
            "recording.duration": 1,
            "recording.interval": 1,
            "recording.schedule_start": "00:00",
            "recording.schedule_end": "00:00",
            "storage.min_free_mb": 0,
            "paths.tmp_audio": self.folder / "tmp",
            "paths.recordings": self.folder / "kept",
            "paths.db_metadata": self.folder / "metadata.db",
            "messaging.messages_db": self.folder / "messages.db",
        }
        words = [word for key, value in flags.items() for word in (f"--{key}", str(value))]
        more = self.folder / "more.json"
        more.write_text(json.dumps({"saving": None, "further_microphones": [FURTHER]}))
        program = ["--program", "acoupi.programs.activity", "--no-prompt"]
        self.acoupi("setup", *program, "--config", str(more), *words)

    def recordings(self, name: str) -> list[dict[str, Any]]:
        return json.loads(self.acoupi("recordings", "--microphone", name, "--json"))

    def effort(self, name: str) -> dict[str, Any]:
        [account] = json.loads(self.acoupi("effort", "--microphone", name, "--json"))
        return account

    def plug(self, name: str, is_in: bool) -> None:
        ctl = self.folder / f"{name.removesuffix('s')}mic.ctl"
        ctl.write_text("" if is_in else "unplug")


@pytest.fixture
def sensor(tmp_path: Path, requires: Callable[[object, str, str], None]) -> Iterator[Sensor]:
    for part in ("gcc", "arecord"):
        requires(shutil.which(part), part, "run scripts/install-test-parts")
    requires(Path("/usr/include/alsa/asoundlib.h").exists(), "ALSA's headers", "the same")
    sensor = Sensor(tmp_path)
    sensor.set_up()
    sensor.acoupi("deployment", "start", "--name", "hedge", "--no-check")
    yield sensor
    if json.loads(sensor.acoupi("deployment", "status", "--json"))["deployment"]:
        sensor.acoupi("deployment", "stop")


def longest_chain(sensor: Sensor, name: str) -> int:
    """Check that all of a microphone's recordings hold its sound, and count those that join."""
    sound = sensor.sounds[name]
    looped, longest, chain, end = 2 * sound, 0, 0, None
    for path in sorted(sensor.folder.glob("kept/**/*.wav")):
        identity = read_identity(path)
        assert identity is not None
        if identity.microphone != name:
            continue
        wav = open_wav(path)
        assert wav.format.rate_hz == RATES_HZ[name]
        heard = wav.read()
        begin = looped.find(heard)
        assert begin >= 0, f"{path} holds what {name} never heard"
        begin %= len(sound)
        chain = chain + 1 if begin == end else 1
        end = (begin + len(heard)) % len(sound)
        longest = max(longest, chain)
    return longest


@pytest.mark.timeout(300)
def test_one_that_is_unplugged_disturbs_the_other_in_nothing(
    sensor: Sensor, wait_until: Wait
) -> None:
    for name in RATES_HZ:
        wait_until(lambda name=name: len(sensor.recordings(name)) >= 3, 90)
    sensor.plug("bats", False)
    wait_until(lambda: sensor.effort("bats")["total"]["device_fault_s"] > 1, 60)
    n_birds = len(sensor.recordings("birds"))
    wait_until(lambda: len(sensor.recordings("birds")) >= n_birds + 3, 60)
    n_bats = len(sensor.recordings("bats"))
    sensor.plug("bats", True)
    wait_until(lambda: len(sensor.recordings("bats")) >= n_bats + 3, 60)
    status = sensor.acoupi("deployment", "status")
    microphones = json.loads(sensor.acoupi("deployment", "status", "--json"))["overview"]
    sensor.acoupi("deployment", "stop")

    assert "microphone birds" in status
    assert "384 kHz, 1 channel, gain: dial at 3" in status
    assert [(m["name"], m["health"]) for m in microphones["microphones"]] == [
        ("birds", "ok"),
        ("bats", "ok"),
    ]
    # Of the one that was left alone, all recordings join.
    assert longest_chain(sensor, "birds") == len(sensor.recordings("birds"))
    assert longest_chain(sensor, "bats") >= 3
    birds, bats = sensor.effort("birds"), sensor.effort("bats")
    assert birds["total"]["device_fault_s"] == birds["total"]["lost_samples"] == 0
    assert bats["total"]["device_fault_s"] > 1
    assert {each["samplerate_hz"] for each in sensor.recordings("bats")} == {384_000}
    assert "hedge, bats" in sensor.acoupi("effort")
