"""A sensor of real processes under a clock that can be set."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from acoupi._files import write_atomic
from acoupi.demo.receiver import Receiver
from acoupi.system import Settings
from acoupi.system.supervisor.locks import holders

REAL_SLEEP = Path(__file__).parents[2] / "tools/falseclock/real_sleep.c"
INTERVAL_S = 3
DURATION_S = 1


@dataclass
class FalseClock:
    """libfaketime, set by a file: the wall's clock steps, the monotonic ones stay true."""

    library: Path
    folder: Path

    def __post_init__(self) -> None:
        self.offset_s = 0.0
        self.set_by(0)
        self.sleep = self.folder / "real_sleep.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", self.sleep, REAL_SLEEP], check=True)

    @property
    def file(self) -> Path:
        return self.folder / "clock"

    @property
    def now_s(self) -> float:
        """What the sensor takes for the time, as seconds since 1970."""
        return time.time() + self.offset_s

    def set_by(self, offset_s: float) -> None:
        """Set the clock to the true time and so many seconds."""
        self.offset_s = offset_s
        write_atomic(self.file, f"{offset_s:+f}\n")

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": f"{self.sleep}:{self.library}",
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


@dataclass
class Sensor:
    """A deployment of the activity program."""

    settings: Settings
    clock: FalseClock

    def run(self, *args: str) -> str:
        own = {"ACOUPI_HOME": str(self.settings.home), "ACOUPI_SUPERVISION": "detached"}
        return subprocess.run(
            [sys.executable, "-m", "acoupi", *args],
            env=os.environ | own | self.clock.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout

    def rows(self, query: str, database: str = "metadata.db") -> list[tuple[object, ...]]:
        path = self.settings.home / "storages" / database
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(query).fetchall()

    def recordings(self) -> int:
        [(n,)] = self.rows("SELECT count(*) FROM recording")
        return int(str(n))

    def health(self) -> str:
        return json.loads(self.run("deployment", "status", "--json"))["health"]

    def pids(self) -> dict[str, str]:
        return {path.stem: path.read_text() for path in self.settings.run_dir.glob("*.pid")}

    def end(self) -> None:
        for pid in holders(self.settings.lock_file):
            os.kill(pid, 9)


@pytest.fixture
def clock(requires: Callable[[object, str, str], None], tmp_path: Path) -> FalseClock:
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    requires(libraries, "libfaketime", "run scripts/install-test-parts")
    requires(shutil.which("cc"), "a C compiler", "run scripts/install-test-parts")
    folder = tmp_path / "clock"
    folder.mkdir()
    return FalseClock(libraries[0], folder)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def sensor(
    clock: FalseClock, receiver: Receiver, real_audio: Path, tmp_path: Path
) -> Iterator[Sensor]:
    sensor = Sensor(Settings(home=tmp_path / "home"), clock)
    options = {
        "microphone.device_name": f"replay:{real_audio / 'soundscape.wav'}?loop=yes",
        "recording.duration": DURATION_S,
        "recording.interval": INTERVAL_S,
        "recording.schedule_start": "00:00",
        "recording.schedule_end": "00:00",
        "paths.tmp_audio": tmp_path / "tmp",
        "messaging.message_send_interval": 1,
        "messaging.heartbeat_interval": 2,
        "messaging.http.base_url": receiver.url,
    }
    flags = [text for key, value in options.items() for text in (f"--{key}", str(value))]
    sensor.run("setup", "--program", "acoupi.programs.activity", "--no-prompt", *flags)
    sensor.run("deployment", "start", "--name", "lake", "--no-check")
    yield sensor
    sensor.end()
