# pyright: basic
"""Compare what a start costs with another installation's, in one run.

Each statement runs in fresh interpreters, ours and the other's by turns, so that
whatever else the machine does meets both. The figure is the median less that of
an interpreter that does nothing.

    python benchmarks/imports.py [--peer PYTHON] [--rounds N]
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

Command = Callable[[str], list[str]]


def nothing(python: str) -> list[str]:
    """Start the interpreter alone."""
    return [python, "-c", "pass"]


def interfaces(python: str) -> list[str]:
    """Import what every component is written against."""
    return [python, "-c", "import acoupi.components.types"]


def help_text(python: str) -> list[str]:
    """Ask the command line for help."""
    return [str(Path(python).with_name("acoupi")), "--help"]


STARTS: dict[str, Command] = {
    "import acoupi.components.types": interfaces,
    "acoupi --help": help_text,
}


def run_s(command: list[str]) -> float:
    """Return how long a command takes."""
    begun_s = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun_s


def measure(pythons: list[str], command: Command, rounds: int) -> list[float]:
    """Return each interpreter's median in ms, after one run that fills the caches."""
    for python in pythons:
        run_s(command(python))
    taken = [[run_s(command(python)) for python in pythons] for _ in range(rounds)]
    return [statistics.median(column) * 1000 for column in zip(*taken, strict=True)]


def main() -> None:
    """Measure each start and print a table."""
    parser = argparse.ArgumentParser(description="Measure what a start costs.")
    parser.add_argument("--peer", metavar="PYTHON", help="interpreter of another installation")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    pythons = [sys.executable] + ([options.peer] if options.peer else [])
    empty = measure(pythons, nothing, options.rounds)
    lines = [f"{'':<34}{'ms':>8}" + (f"{'other ms':>10}{'ratio':>8}" if options.peer else "")]
    for name, command in STARTS.items():
        whole = measure(pythons, command, options.rounds)
        ms = [a - b for a, b in zip(whole, empty, strict=True)]
        other = f"{ms[1]:>10.0f}{ms[0] / ms[1]:>8.3f}" if options.peer else ""
        lines.append(f"{name:<34}{ms[0]:>8.0f}{other}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
