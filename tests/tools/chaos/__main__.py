"""``python -m chaos``: one run, from set-up to figures."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from acoupi.demo.receiver import Receiver
from chaos.audit import find_problems
from chaos.books import Books
from chaos.machine import Bare, Box, Machine
from chaos.plan import interruptions_of_the_end, make_plan
from chaos.report import Figures, as_json, draw_up, table
from chaos.sensor import Sensor
from chaos.storm import Storm
from chaos.tape import write_tape

SPARE_TAPE_S = 60
TAPE_S_PER_POWER_CUT = 15


def main() -> int:
    options = parse()
    signal.signal(signal.SIGTERM, stop_in_order)
    work = Path(tempfile.mkdtemp(prefix="chaos-", dir="/var/tmp"))
    machine = Bare(work) if options.bare else Box(work)
    try:
        figures = play(options, work, machine)
    finally:
        machine.stop()
    sys.stdout.write(as_json(figures) if options.json else table(figures))
    if figures.problems or options.keep:
        sys.stderr.write(f"what is left of it is in {work}\n")
    else:
        shutil.rmtree(work)
    return 1 if figures.problems else 0


def stop_in_order(number: int, frame: object) -> None:
    """End the sensor and its machine first, as after Ctrl-C."""
    sys.exit(128 + number)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600, help="with power")
    parser.add_argument("--power-cuts", type=int, default=20)
    parser.add_argument("--bare", action="store_true", help="without systemd and power cuts")
    parser.add_argument("--let-go", action="store_true", help="keep only what has calls in it")
    parser.add_argument("--flac", action="store_true", help="keep recordings as FLAC")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", action="store_true", help="leave the sensor's files there")
    options = parser.parse_args()
    if not options.bare and os.geteuid():
        parser.error("a computer in a box needs root; --bare does without")
    if options.bare:
        options.power_cuts = 0
    return options


def play(options: argparse.Namespace, work: Path, machine: Machine) -> Figures:
    """Let a sensor go through a storm, and look what became of everything."""
    say(f"seed {options.seed}")
    tape_s = options.seconds + SPARE_TAPE_S + TAPE_S_PER_POWER_CUT * options.power_cuts
    tape = write_tape(work / "tape.wav", tape_s, options.seed)
    machine.start()
    with Receiver() as receiver:
        sensor = Sensor(machine, tape, receiver.url, not options.let_go, options.flac)
        storm = Storm(sensor, lambda: receiver.n_messages, say)
        try:
            live_through(storm, options)
        finally:
            sensor.kill()
    return look_back(storm, options.seed, receiver.counts)


def live_through(storm: Storm, options: argparse.Namespace) -> None:
    """Go through the life of a sensor, with everything that happens to it."""
    plan = make_plan(options.seed, options.kills, options.seconds, options.power_cuts)
    storm.sensor.set_up()
    storm.sensor.start()
    storm.rage(plan, options.seconds)
    interruptions = interruptions_of_the_end(options.seed)
    say("stopping, killed after " + ", ".join(f"{after_s:.1f} s" for after_s in interruptions))
    storm.sensor.stop(interruptions)
    left = (f"{process} is still running" for process in storm.sensor.processes())
    storm.problems.extend(left)


def look_back(storm: Storm, seed: int, received: Counter[str]) -> Figures:
    """Compare what is there with what was heard and received."""
    sensor = storm.sensor
    books = Books(sensor.machine.folder)
    problems = find_problems(books, sensor.tape, received, sensor.keeps_all)
    return draw_up(
        seed=seed,
        machine=type(sensor.machine).__name__.lower(),
        storm=storm,
        books=books,
        received=received,
        problems=[*storm.problems, *problems],
    )


def say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')}  {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
