"""A computer with systemd, and a sensor of an ordinary user on it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["AUDIO", "HOME", "SETUP", "UID", "USER", "WATCHDOG_S", "Computer", "Sensor"]

REPOSITORY = Path(__file__).parents[2]
TOOL = REPOSITORY / "tests" / "tools" / "ct-systemd.sh"
USER = "bat"
UID = 4711
TIMEOUT_S = 120

HOME = f"/home/{USER}/a \"home\" of 100% 'odd' $HOME [x]* \\z ä "
"""Whatever can go wrong with a name should."""

AUDIO = "/srv/tape.wav"
SETUP = {
    "microphone.device_name": f"replay:{AUDIO}?speed=1&loop=yes",
    "recording.duration": "1",
    "recording.interval": "1",
    "recording.schedule_start": "00:00",
    "recording.schedule_end": "00:00",
}
WATCHDOG_S = 3
NEWEST = """
import sqlite3, sys
connection = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
query = "SELECT count(*), coalesce(max(datetime), '') FROM recording"
print(*connection.execute(query).fetchone())
"""


class Computer:
    """What ``ct-systemd.sh`` runs."""

    def __init__(self, folder: Path) -> None:
        here = Path("/").stat().st_dev
        needed = {REPOSITORY, Path(sys.prefix), Path(sys.base_prefix)}
        self.elsewhere = {path for path in needed if path.stat().st_dev != here}
        self.needed = needed - self.elsewhere
        self.env = os.environ | {
            "CT_DIR": str(folder),
            "CT_BIND": " ".join(map(str, self.elsewhere)),
        }

    def boot(self) -> None:
        self.tool("start")
        for folder in sorted({parent for path in self.needed for parent in path.parents}):
            # The superuser's own folder, which only this computer's disk opens to others.
            self.root("chmod", "o+x", str(folder))

    def cut_power_and_boot(self) -> None:
        self.tool("cut")
        self.tool("start", "keep")

    def shut_down_and_boot(self) -> None:
        self.tool("stop")
        self.tool("start", "keep")

    def root(self, *command: str) -> str:
        return self.tool("exec", *command).stdout.decode()

    def write(self, path: str, content: bytes) -> None:
        self.tool("exec", "tee", path, input=content)

    def user(self, *command: str) -> str:
        return self.tool("user", USER, *command).stdout.decode()

    def acoupi(
        self, user: str, home: str, *args: str, runtime_dir: str | None = None
    ) -> "subprocess.CompletedProcess[bytes]":
        """Run a command as under ``sudo -u``, or with the runtime directory of somebody else."""
        unset = ("env", "-u", "XDG_RUNTIME_DIR", "-u", "DBUS_SESSION_BUS_ADDRESS")
        given = () if runtime_dir is None else (f"XDG_RUNTIME_DIR={runtime_dir}",)
        python = (sys.executable, "-m", "acoupi")
        return self.tool("user", user, *unset, *given, f"ACOUPI_HOME={home}", *python, *args)

    def tool(self, *args: str, input: bytes | None = None) -> "subprocess.CompletedProcess[bytes]":
        done = subprocess.run(
            [TOOL, *args],
            env=self.env,
            input=input,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        assert done.returncode == 0, f"{args}: {done.stdout.decode()}{done.stderr.decode()}"
        return done


class Sensor:
    """A sensor of an ordinary user on that computer, who never logs in."""

    def __init__(self, computer: Computer, wait_until: Callable[..., None]) -> None:
        self.computer = computer
        self._wait_until = wait_until

    def acoupi(self, *args: str, runtime_dir: str | None = None) -> str:
        """Run a command, and return what it printed."""
        done = self.computer.acoupi(USER, HOME, *args, runtime_dir=runtime_dir)
        return done.stdout.decode()

    def status(self, **how: str) -> dict[str, Any]:
        return json.loads(self.acoupi("deployment", "status", "--json", **how))

    def systemctl(self, *args: str) -> str:
        return self.computer.user("systemctl", "--user", *args).strip()

    def pid(self, name: str) -> int:
        return int(self.computer.root("sh", "-c", 'cat "$0" || echo 0', f"{HOME}/run/{name}.pid"))

    def kill(self, name: str, how: str = "KILL") -> None:
        self.computer.root("kill", f"-{how}", str(self.pid(name)))

    def recordings(self) -> int:
        return int(self.newest()[0])

    def newest(self) -> tuple[str, str]:
        """Return how many recordings there are, and when the last was begun."""
        database = f"{HOME}/storages/metadata.db".replace("%", "%25")
        count, _, begun = self.computer.user(sys.executable, "-c", NEWEST, database).partition(" ")
        return count, begun.strip()

    def records(self) -> None:
        """Wait for two more recordings: one could have been on its way."""
        before = self.recordings()
        self._wait_until(lambda: self.recordings() >= before + 2, timeout_s=30)
