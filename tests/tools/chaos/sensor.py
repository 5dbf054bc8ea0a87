"""A whole sensor: set up, started, watched from outside, and stopped."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from processes import is_alive

from chaos.machine import Machine
from chaos.plan import Role

__all__ = ["RECORDING_S", "Sensor"]

PROGRAM = "acoupi.programs.activity"
RECORDING_S = 2
SEND_INTERVAL_S = 2
HEARTBEAT_INTERVAL_S = 15
STOP_TIMEOUT_S = 300


@dataclass
class Sensor:
    """A sensor that records a tape without a pause.

    Parameters
    ----------
    machine
        Where it runs.
    tape
        What it hears.
    receiver_url
        Where it sends what it found.
    keeps_all
        Whether it keeps recordings in which nothing was heard.
    keeps_flac
        Whether what it keeps becomes FLAC.
    """

    machine: Machine
    tape: Path
    receiver_url: str
    keeps_all: bool = True
    keeps_flac: bool = False
    _known: dict[Role, psutil.Process] = field(default_factory=dict[Role, psutil.Process])

    @property
    def home(self) -> Path:
        return self.machine.folder / "home"

    @property
    def waiting(self) -> Path:
        """The folder where recordings wait, on the disk: memory forgets."""
        return self.machine.folder / "tmp"

    def set_up(self) -> None:
        self.home.mkdir(mode=0o700)
        (self.home / "log").symlink_to(self.machine.logs)
        self._acoupi("setup", "--program", PROGRAM, "--no-prompt", *self._flags())

    def start(self) -> None:
        self._acoupi("deployment", "start", "--name", "chaos", "--no-check")
        run = self._command("run")
        self.machine.keep(run, lambda: self.find("supervisor") is not None)

    def stop(self, interruptions: Sequence[float] = ()) -> None:
        """Stop it; attempts before the last are killed after so many seconds."""
        self.machine.let_go()
        if any(self._try_to_stop(after_s) for after_s in interruptions):
            return
        if not interruptions or not self._has_ended():
            self._acoupi("deployment", "stop")

    def kill(self) -> None:
        """End whatever is left of it."""
        for process in self.processes():
            process.kill()

    def _has_ended(self) -> bool:
        """Tell whether an attempt came to its end just before it was killed."""
        noted = json.loads((self.home / "config" / "deployment.json").read_text())
        return noted["ended_on"] is not None

    def _try_to_stop(self, patience_s: float) -> bool:
        stopping = subprocess.Popen(
            self._command("deployment", "stop"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            return stopping.wait(patience_s) == 0
        except subprocess.TimeoutExpired:
            for process in psutil.Process(stopping.pid).children(recursive=True):
                process.kill()
            stopping.kill()
            stopping.wait()
            return False

    def position(self) -> str:
        """Where the tape stands; it changes with every recording that is made."""
        try:
            return "".join(path.read_text() for path in self.waiting.glob(".replay-*.json"))
        except OSError:
            return ""

    def find(self, role: Role) -> psutil.Process | None:
        """Find a process by the number it noted, which in a box is not ours."""
        noted = self._noted(role)
        known = self._known.get(role)
        if known is None or not is_alive(known) or _inner_pid(known.pid) != noted:
            known = next((p for p in self.processes() if _inner_pid(p.pid) == noted), None)
        if known is None:
            self._known.pop(role, None)
        else:
            self._known[role] = known
        return known

    def processes(self) -> list[psutil.Process]:
        """Return everything that runs for this home."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            ours = process.environ().get("ACOUPI_HOME") == str(self.home)
            return ours and is_alive(process)
        except (psutil.Error, OSError):
            return False

    def _noted(self, role: Role) -> int:
        try:
            return int((self.home / "run" / f"{role}.pid").read_text())
        except (OSError, ValueError):
            return -1

    def _flags(self) -> list[str]:
        saving = self.machine.folder / "saving.json"
        saving.write_text(json.dumps({"saving": None if self.keeps_all else {}}))
        options = {
            "microphone.device_name": f"replay:{self.tape}?loop=no",
            "recording.duration": RECORDING_S,
            "recording.interval": RECORDING_S,
            "recording.schedule_start": "00:00",
            "recording.schedule_end": "00:00",
            "paths.tmp_audio": self.waiting,
            "storage.recording_format": "flac" if self.keeps_flac else "wav",
            "messaging.message_send_interval": SEND_INTERVAL_S,
            "messaging.heartbeat_interval": HEARTBEAT_INTERVAL_S,
            "messaging.http.base_url": self.receiver_url,
        }
        flags = (text for key, value in options.items() for text in (f"--{key}", str(value)))
        return ["--config", str(saving), *flags]

    def _command(self, *args: str) -> tuple[str, ...]:
        words = (sys.executable, "-m", "acoupi", *args)
        return self.machine.command(words, {"ACOUPI_HOME": str(self.home)})

    def _acoupi(self, *args: str) -> None:
        done = subprocess.run(
            self._command(*args),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=STOP_TIMEOUT_S,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"acoupi {' '.join(args[:2])}: {done.returncode}\n{done.stdout}")


def _inner_pid(pid: int) -> int:
    """Return the number that a process has in its own computer."""
    try:
        status = Path("/proc", str(pid), "status").read_text()
    except OSError:
        return -2
    return int(next(line for line in status.splitlines() if line.startswith("NSpid")).split()[-1])
