"""ALSA microphones that are not there, and hear a sound that never stops.

Frame n of the sound, played over and over, is heard n frames after the
system's start, by a clock of the device's own that may drift. So what was
recorded tells when it was heard, and what was not.
"""

import os
import random
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TOOL = Path(__file__).parent / "virtualmic"
LIBRARY = "libasound_module_pcm_virtualmic.so"
HEADERS = Path("/usr/include/alsa/asoundlib.h")
NEEDS = "apt install gcc libc6-dev libasound2-dev alsa-utils"


def can_be_built() -> bool:
    """Tell whether there is what the plugin is built and heard with."""
    return bool(shutil.which("gcc") and shutil.which("arecord") and HEADERS.exists())


def build_plugin(folder: Path) -> Path:
    """Compile the plugin of ALSA's that plays the microphones."""
    library = folder / LIBRARY
    options = ["-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-DPIC", "-o", str(library)]
    subprocess.run(["gcc", *options, str(TOOL / "pcm_virtualmic.c"), "-lasound"], check=True)
    return library


@dataclass(frozen=True)
class VirtualMicrophone:
    """One microphone of 16 bit.

    Parameters
    ----------
    folder
        Where its sound is, and what says how it fails.
    name
        As ALSA calls it.
    sound_s
        How long it takes until the sound comes again.
    ppm
        By how much its clock is fast, in millionths.
    """

    folder: Path
    name: str = "testmic"
    rate_hz: int = 48_000
    channels: int = 1
    sound_s: int = 30
    ppm: int = 0

    @property
    def frame_bytes(self) -> int:
        return 2 * self.channels

    @property
    def true_rate_hz(self) -> float:
        """How many frames it gives in a second of the clock."""
        return self.rate_hz * (1 + self.ppm / 1e6)

    @property
    def sound(self) -> bytes:
        return (self.folder / f"{self.name}.raw").read_bytes()

    def fail(self, how: str = "") -> None:
        """``unplug``, ``stall``, ``io``, ``zeros``, ``rate 44100``; or nothing: it is well."""
        aside = self.folder / f"{self.name}.ctl.part"
        aside.write_text(how)
        aside.replace(self.folder / f"{self.name}.ctl")

    def frame_of(self, heard: bytes) -> int:
        """Return at which frame of its sound a stretch begins; -1 if it is in none."""
        sound, size, start = self.sound * 2, self.frame_bytes, -1
        while (start := sound.find(heard[: len(sound) // 2], start + 1)) % size:
            if start < 0:
                return -1
        return start // size % (len(sound) // 2 // size)

    def heard_s(self, frame: int, near_s: float) -> float:
        """Return when a frame of its sound was heard, by the monotonic clock, near a time."""
        every_s = len(self.sound) // self.frame_bytes / self.true_rate_hz
        heard_s = frame / self.true_rate_hz
        return heard_s + round((near_s - heard_s) / every_s) * every_s

    def describe(self) -> str:
        """Return what ALSA is to know of it."""
        file, ctl = (self.folder / f"{self.name}.{end}" for end in ("raw", "ctl"))
        return (
            f'pcm.{self.name} {{ type virtualmic file "{file}" ctl "{ctl}" '
            f"rate {self.rate_hz} channels {self.channels} ppm {self.ppm} }}\n"
        )

    def make_sound(self) -> None:
        """Make up what it hears: noise in which no sample is zero."""
        noise = random.Random(self.name).randbytes(self.sound_s * self.rate_hz * self.frame_bytes)
        (self.folder / f"{self.name}.raw").write_bytes(noise.replace(b"\0", b"\1"))


def install(plugin: Path, microphones: Sequence[VirtualMicrophone], more: str = "") -> Path:
    """Make the sounds, and the file that ``ALSA_CONFIG_PATH`` is to name.

    Parameters
    ----------
    plugin
        As it was built.
    microphones
        All in one folder.
    more
        What else ALSA is to know.
    """
    folder = microphones[0].folder
    folder.mkdir(parents=True, exist_ok=True)
    for microphone in microphones:
        microphone.make_sound()
    config = folder / "asound.conf"
    config.write_text(
        "</usr/share/alsa/alsa.conf>\n"
        f'pcm_type.virtualmic {{ lib "{plugin}" }}\n'
        + "".join(microphone.describe() for microphone in microphones)
        + more
    )
    return config


def use(config: Path) -> dict[str, str]:
    """Return an environment in which ALSA knows the microphones."""
    return os.environ | {"ALSA_CONFIG_PATH": str(config)}
