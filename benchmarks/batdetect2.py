# pyright: basic
"""Compare BatDetect2 here with the package it was published in, in one run.

Both look at the same recordings on one thread, each in processes of its own, by
turns, so that whatever else the machine does meets both; so does the gate that may
stand before it. Seconds are those of the processor; memory is the most that a
process ever held.

    python benchmarks/batdetect2.py [--torch PYTHON] [--model FOLDER] [--rounds N] [FILE ...]

PYTHON is an interpreter with the package ``batdetect2``; without, only what is here is
measured. FOLDER is where the model is installed (default: on the shelf); the files are
those of scripts/fetch-audio by default.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
AUDIO = Path(__file__).resolve().parent.parent / "audio" / "bats"

MEASURE = """
import json, sys, time
from pathlib import Path
begun_s = time.process_time()
{load}
load_s = time.process_time() - begun_s
look(sys.argv[2])
begun_s = time.process_time()
for _ in range(2):
    for path in sys.argv[2:]:
        look(path)
look_s = (time.process_time() - begun_s) / 2
status = Path("/proc/self/status").read_text()
peak_mb = int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
print(json.dumps({{"load_s": load_s, "look_s": look_s, "peak_mb": peak_mb}}))
"""

RECORDING = """
from pathlib import Path
from acoupi.models.sound_files import Circumstances, describe_file
def recording(path):
    return describe_file(Path(path), Circumstances())
"""

OURS = f"""{RECORDING}
from acoupi.models.batdetect2 import SOURCE
model = SOURCE.open(Path(sys.argv[1]), {{}})
model.warm_up()
def look(path):
    model.run(recording(path))
"""

GATE = f"""{RECORDING}
from acoupi.models import ActivityGate
gate = ActivityGate("ultrasonic")
def look(path):
    gate.should_process_recording(recording(path))
look(sys.argv[2])
"""

TORCH = """
import warnings
warnings.simplefilter("ignore")
import torch
torch.set_num_threads(1)
from batdetect2 import api
config = api.get_config(detection_threshold=0.3)
def look(path):
    api.process_file(path, config=config)
look(sys.argv[2])
"""


def measure(python: str, load: str, model: Path, files: list[Path]) -> dict[str, float]:
    """Run one of both in a process of its own."""
    command = [python, "-c", MEASURE.format(load=load), str(model), *map(str, files)]
    env = {**os.environ, **ONE_THREAD}
    result = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
    return json.loads(result.stdout.splitlines()[-1])


def median(runs: list[dict[str, float]], name: str) -> float:
    """Return the median of one figure."""
    return statistics.median(run[name] for run in runs)


def heard_s(files: list[Path]) -> float:
    """Return how long the recordings are together."""
    from acoupi.audio.sound import open_sound

    return sum(open_sound(path).duration_s for path in files)


def installed() -> Path:
    """Return where the model is on the shelf."""
    from acoupi.models.shelf import find_model

    return find_model("batdetect2").folder


def main() -> None:
    """Measure both by turns, and print a table."""
    parser = argparse.ArgumentParser(description="Measure what BatDetect2 costs.")
    parser.add_argument("--torch", metavar="PYTHON")
    parser.add_argument("--model", metavar="FOLDER", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    model = options.model or installed()
    files = options.files or sorted(AUDIO.glob("*.[wW][aA][vV]"))
    who = {"here": (sys.executable, OURS), "gate": (sys.executable, GATE)}
    if options.torch:
        who["torch"] = (options.torch, TORCH)
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in who}
    for _ in range(options.rounds):
        for name, (python, load) in who.items():
            runs[name].append(measure(python, load, model, files))
    sys.stdout.write(table(runs, heard_s(files)))


def table(runs: dict[str, list[dict[str, float]]], sound_s: float) -> str:
    """Return the medians, and how many times as much the others take as what is here."""
    others = [name for name in runs if name != "here"]
    lines = [f"{'':<30}{'here':>9}" + "".join(f"{name:>9}{'ratio':>8}" for name in others)]
    rows = {
        "load and first use (s)": ("load_s", 1.0),
        "3 s of sound (s)": ("look_s", 3 / sound_s),
        "peak memory (MB)": ("peak_mb", 1.0),
    }
    for label, (name, scale) in rows.items():
        ours = median(runs["here"], name) * scale
        line = f"{label:<30}{ours:>9.3g}"
        for other in others:
            theirs = median(runs[other], name) * scale
            line += f"{theirs:>9.3g}{theirs / ours:>8.2f}"
        lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
