"""A whole computer for these tests: it boots once, and its power can be cut."""

import io
import math
import os
import shutil
import struct
import tempfile
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from computers import AUDIO, SETUP, UID, USER, WATCHDOG_S, Computer, Sensor


def tape() -> bytes:
    """Return a WAV file with ten seconds of a tone."""
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setparams((1, 2, 16_000, 0, "NONE", ""))
        tone = (int(8000 * math.sin(n / 5)) for n in range(160_000))
        wav.writeframes(b"".join(struct.pack("<h", sample) for sample in tone))
    return file.getvalue()


@pytest.fixture(scope="session")
def computer(requires: Callable[..., None]) -> Iterator[Computer]:
    requires(os.geteuid() == 0, "the right to make namespaces", "run the tests as root")
    systemd = shutil.which("systemctl") and shutil.which("loginctl") and shutil.which("unshare")
    requires(systemd, "systemd", "run scripts/install-test-parts")
    folder = Path(tempfile.mkdtemp(prefix="acoupi-computer-", dir="/var/tmp"))
    computer = Computer(folder)
    try:
        computer.boot()
        yield computer
    finally:
        computer.tool("remove")


@pytest.fixture(scope="session")
def set_up(computer: Computer, wait_until: Callable[..., None]) -> Sensor:
    computer.root("useradd", "--create-home", "--uid", str(UID), USER)
    computer.write(AUDIO, tape())
    drop_in = f"/home/{USER}/.config/systemd/user/acoupi.service.d"
    computer.user("mkdir", "-p", drop_in)
    text = f"[Service]\nWatchdogSec={WATCHDOG_S}\n".encode()
    computer.write(f"{drop_in}/quick.conf", text)
    sensor = Sensor(computer, wait_until)
    flags = [f"--{name}={value}" for name, value in SETUP.items()]
    sensor.acoupi("setup", "--program", "acoupi.programs.default", "--no-prompt", *flags)
    return sensor


@pytest.fixture(scope="session")
def sensor(set_up: Sensor) -> Sensor:
    """Return a sensor with a deployment that records; each test leaves it like that."""
    set_up.acoupi("deployment", "start", "--name", "lake", "--no-check")
    set_up.records()
    return set_up
