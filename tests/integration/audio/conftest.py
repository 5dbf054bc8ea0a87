"""A virtual microphone for the tests of this folder."""

import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from acoupi.audio.narrow import Narrow
from acoupi.components.types import AudioRecorder
from acoupi.data import Deployment

PLUGIN = "pcm_virtualmic"
TOOL = Path(__file__).parents[2] / "tools" / "virtualmic"
WORD_BYTES = {"S16_LE": 2, "S24_3LE": 3, "S24_LE": 4, "S32_LE": 4}
ANY = """
pcm.anymic {{
  type virtualmic
  file "{folder}/any.raw"
  rate {rate_hz}
  channels {channels}
  format {words}
  ctl "{folder}/ctl"
  hint {{ show on description "A microphone of any kind" }}
}}
"""
HOW = "apt install gcc libc6-dev libasound2-dev alsa-utils"


class VirtualMicrophone:
    """Two ALSA devices, ``birdmic`` and ``batmic``, that hear ``sound`` over and over."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.sound = random.Random(1).randbytes(2 * 2 * 384_000)
        (directory / "in.raw").write_bytes(self.sound)
        config = (TOOL / "asound.conf.in").read_text().replace("@DIR@", str(directory))
        (directory / "asound.conf").write_text(config)

    def fail(self, how: str) -> None:
        """``unplug``, ``stall``, ``io``; or nothing, for a microphone that is well."""
        (self.directory / "ctl").write_text(how)

    def plug_in(self, words: str, rate_hz: int, channels: int) -> bytes:
        """Make the device ``anymic``, and return what it hears, as plain samples."""
        folder, frame = self.directory, WORD_BYTES[words] * channels
        sound = random.Random(words).randbytes(frame * (rate_hz // 2))
        (folder / "any.raw").write_bytes(sound)
        shape = {"folder": folder, "rate_hz": rate_hz, "channels": channels, "words": words}
        with (folder / "asound.conf").open("a") as config:
            config.write(ANY.format(**shape))
        return {"S24_LE": Narrow(3), "S32_LE": Narrow(0)}.get(words, bytes)(sound)

    def heard_at(self, sound: bytes) -> int:
        """Return the byte at which a stretch begins; -1 if it was never to be heard."""
        return (self.sound * (2 + len(sound) // len(self.sound))).find(sound)


@pytest.fixture(scope="session")
def plugin(tmp_path_factory: pytest.TempPathFactory, requires: Callable[..., None]) -> Path:
    headers = Path("/usr/include/alsa/asoundlib.h").exists()
    present = shutil.which("gcc") and headers and shutil.which("arecord")
    requires(present, "a virtual ALSA microphone", HOW)
    library = tmp_path_factory.mktemp("virtualmic") / f"libasound_module_{PLUGIN}.so"
    options = ["-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-DPIC"]
    source = str(TOOL / f"{PLUGIN}.c")
    subprocess.run(["gcc", *options, "-o", str(library), source, "-lasound"], check=True)
    return library


@pytest.fixture
def microphone(plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VirtualMicrophone:
    directory = tmp_path / "microphone"
    directory.mkdir()
    shutil.copy(plugin, directory)
    found = VirtualMicrophone(directory)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(directory / "asound.conf"))
    return found


@pytest.fixture
def record_until_it_fails() -> Callable[[AudioRecorder], None]:
    """Record as long as a fault lets it: what was heard before the fault is a recording too."""

    def record(recorder: AudioRecorder) -> None:
        for _ in range(3):
            recorder.record(Deployment(name="test"))

    return record


@pytest.fixture
def children() -> Callable[[], list[psutil.Process]]:
    """Return the processes that the test has started and that are still there."""
    before = psutil.Process().children()
    return lambda: [child for child in psutil.Process().children() if child not in before]
