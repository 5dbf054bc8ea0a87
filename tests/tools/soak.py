"""A whole sensor on a busy computer: is every sample that its microphone gave in one recording?

The microphone is a virtual one that hears a known sound over and over. The full
detection program records it without a pause, while other processes use each
core; then the recordings, joined, are compared with the sound, and what the sensor
says it lost with what it did.
"""

import argparse
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from acoupi.audio.wav import open_wav

TOOL = Path(__file__).parent / "virtualmic"
PLUGIN = "pcm_virtualmic"
PROGRAM = "acoupi.programs.activity"
SOUND_S = 7
NAMES = {48_000: "birdmic", 384_000: "batmic"}
START_UP_S = 30


@dataclass(frozen=True)
class Figures:
    """What a soak found."""

    rate_hz: int
    asked_s: float
    recordings: int
    recorded_s: float
    breaks: int
    """How often a recording does not begin where the one before it ended."""

    foreign: int
    """How many recordings hold what the microphone never gave."""

    lost_samples: int
    """Samples from the first recording to the last that are in none; below zero: in two."""

    said_lost: int
    """How many samples the sensor's own account says were lost."""

    busy: float
    """Share of all cores that was in use, by whomever."""


def main() -> int:
    options = parse()
    work = Path(tempfile.mkdtemp(prefix="soak-"))
    try:
        sound = make_microphone(work, options.rate)
        with load(0 if options.idle else os.cpu_count() or 1):
            busy = run_sensor(work, options)
        said_lost = sum(each["lost_samples"] for each in account(work))
        figures = Figures(**compare(work, sound, options), said_lost=said_lost, busy=busy)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    text = asdict(figures)
    lines = (f"{key.replace('_', ' '):>14}  {value}" for key, value in text.items())
    sys.stdout.write((json.dumps(text) if options.json else "\n".join(lines)) + "\n")
    is_whole = figures.recordings and not (figures.breaks or figures.foreign)
    return 0 if is_whole and not figures.said_lost else 1


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=int, default=48_000, choices=NAMES)
    parser.add_argument("--seconds-each", type=float, default=3, help="length of a recording")
    parser.add_argument("--idle", action="store_true", help="leave the cores to the sensor")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def make_microphone(work: Path, rate_hz: int) -> bytes:
    """Build the virtual microphone, and return what it will hear."""
    sound = random.Random(rate_hz).randbytes(2 * SOUND_S * rate_hz)
    (work / "in.raw").write_bytes(sound)
    config = (TOOL / "asound.conf.in").read_text().replace("@DIR@", str(work))
    (work / "asound.conf").write_text(config)
    library = str(work / f"libasound_module_{PLUGIN}.so")
    options = ["-O2", "-shared", "-fPIC", "-DPIC", "-o", library]
    subprocess.run(["gcc", *options, str(TOOL / f"{PLUGIN}.c"), "-lasound"], check=True)
    return sound


@contextmanager
def load(processes: int) -> Iterator[None]:
    """Use a core with each of some processes."""
    busy = [multiprocessing.Process(target=spin, daemon=True) for _ in range(processes)]
    for process in busy:
        process.start()
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.join()


def spin() -> None:
    while True:
        sum(range(100_000))


def run_sensor(work: Path, options: argparse.Namespace) -> float:
    """Set a sensor up, let it record, and return how busy the computer was."""
    flags = {
        "microphone.device_name": NAMES[options.rate],
        "microphone.samplerate": options.rate,
        "recording.duration": options.seconds_each,
        "recording.interval": options.seconds_each,
        "recording.schedule_start": "00:00",
        "recording.schedule_end": "00:00",
        "paths.tmp_audio": work / "tmp",
        "paths.recordings": work / "recordings",
    }
    words = [word for key, value in flags.items() for word in (f"--{key}", str(value))]
    keep_all = work / "saving.json"
    keep_all.write_text(json.dumps({"saving": None}))
    (work / "home").mkdir(mode=0o700)
    acoupi(work, "setup", "--program", PROGRAM, "--no-prompt", "--config", str(keep_all), *words)
    acoupi(work, "deployment", "start", "--name", "soak", "--no-check")
    try:
        wait_for_first(work)
        psutil.cpu_percent()
        time.sleep(60 * options.minutes)
        return psutil.cpu_percent() / 100
    finally:
        acoupi(work, "deployment", "stop")


def wait_for_first(work: Path) -> None:
    deadline_s = time.monotonic() + START_UP_S
    while not list(work.rglob("*.wav*")) and time.monotonic() < deadline_s:
        time.sleep(0.1)


def account(work: Path) -> list[dict[str, Any]]:
    """Return what the sensor says that it did with its time."""
    [deployment] = json.loads(acoupi(work, "effort", "--json"))
    return deployment["parts"]


def acoupi(work: Path, *args: str) -> str:
    own = {
        "ACOUPI_HOME": str(work / "home"),
        "ACOUPI_SUPERVISION": "detached",
        "ALSA_CONFIG_PATH": str(work / "asound.conf"),
    }
    command = [sys.executable, "-m", "acoupi", *args]
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"acoupi {' '.join(args[:2])}: {done.stdout}{done.stderr}")
    return done.stdout


def compare(work: Path, sound: bytes, options: argparse.Namespace) -> dict[str, Any]:
    """Compare what was recorded with what was to be heard."""
    looped = sound * 2
    paths = sorted(work.rglob("*.wav"), key=lambda path: path.name)
    wavs = [open_wav(path) for path in paths]
    breaks = foreign = lost = 0
    end: int | None = None
    for wav in wavs:
        heard = wav.read()
        begin = find(looped, sound, heard)
        foreign += begin is None
        if begin is not None and end is not None and begin != end:
            breaks += 1
            gap = (begin - end) % len(sound) // 2
            lost += gap - len(sound) // 2 if gap > len(sound) // 4 else gap
        end = None if begin is None else (begin + len(heard)) % len(sound)
    return {
        "rate_hz": options.rate,
        "asked_s": 60 * options.minutes,
        "recordings": len(wavs),
        "recorded_s": sum(wav.duration_s for wav in wavs),
        "breaks": breaks,
        "foreign": foreign,
        "lost_samples": lost,
    }


def find(looped: bytes, sound: bytes, heard: bytes) -> int | None:
    """Return the byte of the sound at which a stretch of it begins."""
    begin = looped.find(heard[:64])
    if begin < 0:
        return None
    begin %= len(sound)
    for start in range(0, len(heard), len(sound)):
        part = heard[start : start + len(sound)]
        if looped[begin : begin + len(part)] != part:
            return None
    return begin


if __name__ == "__main__":
    sys.exit(main())
