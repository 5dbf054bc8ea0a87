"""A short storm over a whole sensor; ``scripts/chaos`` makes long ones."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Requires = Callable[[object, str, str], None]

TOOLS = Path(__file__).parents[2] / "tools"
SEED = int(os.environ.get("ACOUPI_CHAOS_SEED", "7"))
STORM = {"seed": SEED, "kills": 25, "power-cuts": 2, "seconds": 75}


@pytest.mark.timeout(400)
def test_nothing_is_lost_whatever_is_killed_and_whenever_the_power_fails(
    requires: Requires,
) -> None:
    requires(os.geteuid() == 0, "the right to make namespaces", "run the tests as root")
    systemd = shutil.which("systemctl") and shutil.which("unshare")
    requires(systemd, "systemd", "apt-get install systemd dbus-user-session util-linux")
    requires(Path("/dev/loop-control").exists(), "loop devices", "use a kernel with them")

    done = subprocess.run(
        [sys.executable, "-m", "chaos", "--json", *(f"--{key}={n}" for key, n in STORM.items())],
        env=os.environ | {"PYTHONPATH": str(TOOLS)},
        capture_output=True,
        text=True,
    )

    timeline = f"{done.stderr}\n{done.stdout}"
    if done.returncode:
        pytest.fail(timeline, pytrace=False)
    figures = json.loads(done.stdout)
    assert (figures["kills"], figures["power_cuts"]) == (25, 2), timeline
    assert figures["recorded_s"] > 10, timeline
