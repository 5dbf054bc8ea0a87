# pyright: basic
"""Compare what recording costs, and how much of the time is recorded, with acoupi 0.8.0.

Both record the same virtual microphone at the same rate, a recording after the
other as fast as each can, on the same machine and in turn. CPU is that of the
recording process and its children, memory the most that they had together.
The share of the time is what is in the files over what the clock says.

    python benchmarks/capture.py [--peer PYTHON] [--rate HZ] [--seconds N]

PYTHON is one in whose environment acoupi 0.8.0 and pyaudio are; without it,
only ours is measured. Needs a compiler and ALSA (scripts/install-test-parts).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "tools"))

from soak import NAMES, make_microphone

DURATION_S = 3
EVERY_S = 0.1

RECORD = """
import sys, time, wave
from pathlib import Path
from acoupi.data import Deployment
from acoupi.components.audio_recorder import {recorder} as Recorder
folder, name, rate, seconds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
recorder = {make}
deployment, recorded_s, begun_s = Deployment(name="benchmark"), 0.0, time.monotonic()
failed = 0
while time.monotonic() - begun_s < seconds:
    try:
        path = recorder.record(deployment).path
    except Exception:
        failed += 1
        continue
    with wave.open(str(path)) as file:
        recorded_s += file.getnframes() / file.getframerate()
    path.unlink()
print(recorded_s / (time.monotonic() - begun_s), failed)
"""
OURS = f"Recorder(name, {DURATION_S}, folder, samplerate_hz=rate, interval_s={DURATION_S})"
THEIRS = (
    f"Recorder(duration={DURATION_S}, samplerate=rate, audio_channels=1, device_name=name, "
    "audio_dir=folder)"
)


def main() -> None:
    """Print a line for each."""
    options = parse()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        make_microphone(work, options.rate)
        ours = RECORD.format(recorder="AlsaRecorder", make=OURS)
        show("acoupi", measure(work, sys.executable, ours, options))
        if options.peer:
            theirs = RECORD.format(recorder="PyAudioRecorder", make=THEIRS)
            show("acoupi 0.8.0", measure(work, options.peer, theirs, options))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", help="a Python with acoupi 0.8.0")
    parser.add_argument("--rate", type=int, default=384_000, choices=NAMES)
    parser.add_argument("--seconds", type=float, default=30)
    return parser.parse_args()


def measure(work: Path, python: str, code: str, options: argparse.Namespace) -> dict[str, float]:
    """Let a recorder record, and watch what it takes."""
    own = {"ALSA_CONFIG_PATH": str(work / "asound.conf"), "PYTHONWARNINGS": "ignore"}
    words = [python, "-c", code, str(work), NAMES[options.rate]]
    words += [str(options.rate), str(options.seconds)]
    begun_s = time.monotonic()
    with subprocess.Popen(
        words, env=os.environ | own, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        memory, cpu_s = watch(psutil.Process(child.pid))
        said = child.communicate()[0].decode().split()
    if child.returncode:
        raise SystemExit(f"{python} failed")
    took_s = time.monotonic() - begun_s
    share, failed = map(float, said[-2:])
    cpu = cpu_s / took_s
    return {"share": share, "failed": failed, "cpu": cpu, "memory_mb": memory / 1e6}


def watch(process: psutil.Process) -> tuple[int, float]:
    """Return the most memory, and the processor time, of a process and its children."""
    memory, cpu_s = 0, dict[int, float]()
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        together = 0
        for one in (process, *children(process)):
            try:
                together += one.memory_full_info().pss
                times = one.cpu_times()
                cpu_s[one.pid] = times.user + times.system
            except psutil.Error:
                continue
        memory = max(memory, together)
        time.sleep(EVERY_S)
    return memory, sum(cpu_s.values())


def children(process: psutil.Process) -> list[psutil.Process]:
    """Return what a process started; nothing if it is gone."""
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def show(name: str, figures: dict[str, float]) -> None:
    """Print one line."""
    sys.stdout.write(
        f"{name:>14}  recorded {figures['share']:7.2%} of the time, "
        f"{figures['cpu']:6.1%} of a core, {figures['memory_mb']:6.0f} MB, "
        f"{figures['failed']:.0f} failed\n"
    )


if __name__ == "__main__":
    main()
