"""A sensor in a home of its own, with real processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
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
        self.output = trace.with_suffix(".stderr")
        self.process: subprocess.Popen[bytes] | None = None

    def start(
        self, *args: str, command: Sequence[str] = (), **environment: str
    ) -> "subprocess.Popen[bytes]":
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, *(command or ["-m", "acoupi", "run"]), *args],
                env=os.environ | {"ACOUPI_HOME": str(self.settings.home)} | environment,
                stderr=output,
            )
        return self.process

    def break_worker(self, name: str) -> None:
        """Keep a worker from starting, until it is mended."""
        config = self.settings.program_config_file
        config.write_text(config.read_text().replace('"fail": ""', f'"fail": "{name}"'))

    def mend(self) -> None:
        self.trace.with_suffix(".mended").touch()

    def troubles(self) -> list[str]:
        """Return what the program was told of."""
        path = self.trace.with_suffix(".troubles")
        return path.read_text().splitlines() if path.exists() else []

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
        self.settings.pid_file("supervisor").unlink(missing_ok=True)  # for its keeper
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
