"""A sensor in a home of its own, with real processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acoupi.system import Settings, setup_program
from acoupi.system.brokers import create_app
from acoupi.system.supervisor.locks import holders

PROGRAM = Path(__file__).with_name("tiny_program.py")
WORKERS = ("recording", "detection")


class Sensor:
    """A home with the tiny program, and its supervisor in the foreground."""

    def __init__(self, settings: Settings, trace: Path) -> None:
        self.settings = settings
        self.trace = trace
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "subprocess.Popen[bytes]":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "acoupi", "run"],
            env=os.environ | {"ACOUPI_HOME": str(self.settings.home)},
            stderr=subprocess.DEVNULL,
        )
        return self.process

    def pid(self, name: str) -> int:
        try:
            return int(self.settings.pid_file(name).read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def status(self) -> str:
        path = self.settings.status_file
        return path.read_text().strip() if path.exists() else ""

    def is_ready(self) -> bool:
        return self.status() == "running: recording, detection, beat"

    def events(self, kind: str) -> list[int]:
        """Return the process ids that left a mark of this kind."""
        lines = self.trace.read_text().splitlines() if self.trace.exists() else []
        return [int(line.split()[1]) for line in lines if line.split()[0] == kind]

    def send(self, task: str) -> None:
        with create_app(self.settings) as app:
            app.send_task(task, queue="detection")

    def processes(self) -> set[int]:
        return holders(self.settings.lock_file)

    def end(self) -> None:
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def sensor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sensor]:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "tiny_program", raising=False)
    settings = Settings(stop_timeout_s=20, supervision="detached")
    settings.home.mkdir(mode=0o700)
    (settings.home / "tiny_program.py").write_bytes(PROGRAM.read_bytes())
    setup_program(settings, "tiny_program", ["--trace", str(tmp_path / "trace")])
    sensor = Sensor(settings, tmp_path / "trace")
    yield sensor
    sensor.end()


@pytest.fixture
def running(sensor: Sensor, wait_until: Callable[..., None]) -> Sensor:
    sensor.start()
    wait_until(sensor.is_ready)
    wait_until(lambda: sensor.events("tick"))
    return sensor
