"""A short soak of a whole sensor; ``scripts/soak`` makes long ones."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SOAK = Path(__file__).parents[2] / "tools" / "soak.py"
HOW = "apt install gcc libc6-dev libasound2-dev alsa-utils"


@pytest.mark.timeout(170)
def test_recordings_of_a_busy_sensor_join_to_what_the_microphone_gave(
    requires: Callable[[object, str, str], None],
) -> None:
    headers = Path("/usr/include/alsa/asoundlib.h").exists()
    present = shutil.which("gcc") and headers and shutil.which("arecord")
    requires(present, "a virtual ALSA microphone", HOW)
    options = ["--minutes", "0.2", "--rate", "384000", "--seconds-each", "2", "--json"]
    done = subprocess.run([sys.executable, str(SOAK), *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert figures["recordings"] >= 3
    assert (figures["breaks"], figures["foreign"], figures["lost_samples"]) == (0, 0, 0)
