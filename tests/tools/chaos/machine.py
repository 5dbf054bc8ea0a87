"""Where a sensor runs: a computer in a box with systemd, or this one without."""

import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from chaos.disk import Disk

__all__ = ["Bare", "Box", "Machine"]

TOOL = Path(__file__).parents[1] / "ct-systemd.sh"
DISK_MB = 1500
KEEP_EVERY_S = 0.2

Command = tuple[str, ...]


class Machine(Protocol):
    """What runs a sensor, and starts its supervisor again when it is gone."""

    folder: Path
    """The disk that the sensor writes to."""

    logs: Path
    """A place for what is read afterwards: a power cut takes nothing from it."""

    def start(self) -> None: ...
    def command(self, command: Command, environment: Mapping[str, str]) -> Command: ...
    def keep(self, command: Command, is_running: Callable[[], bool]) -> None: ...
    def let_go(self) -> None: ...
    def cut_power(self) -> None: ...
    def boot(self) -> None: ...
    def stop(self) -> None: ...


class Box:
    """A computer of its own under systemd; root's manager runs the sensor."""

    def __init__(self, work: Path) -> None:
        self.folder = work / "disk"
        self.logs = work / "log"
        self._disk = Disk(work / "disk.img", self.folder)
        box = {"CT_DIR": str(work / "box"), "CT_BIND": f"{self.folder} {self.logs}"}
        self._environment = os.environ | box

    def start(self) -> None:
        self.logs.mkdir()
        self._disk.make(DISK_MB)
        self._tool("start")
        self._tool("exec", "loginctl", "enable-linger", "root")

    def command(self, command: Command, environment: Mapping[str, str]) -> Command:
        own = {"ACOUPI_SUPERVISION": "systemd", **environment}
        inside = ("env", *(f"{key}={value}" for key, value in own.items()), *command)
        return ("env", f"CT_DIR={self._environment['CT_DIR']}", str(TOOL), "user", "root", *inside)

    def keep(self, command: Command, is_running: Callable[[], bool]) -> None:
        """It is systemd's to start what is gone."""

    def let_go(self) -> None:
        """It is systemd's to stop what runs."""

    def cut_power(self) -> None:
        """End everything in the box, and then the disk's memory."""
        self._tool("cut")
        self._disk.cut()

    def boot(self) -> None:
        self._disk.attach()
        self._tool("start", "keep")

    def stop(self) -> None:
        self._tool("remove")
        self._disk.detach()

    def _tool(self, *words: str) -> None:
        subprocess.run((TOOL, *words), env=self._environment, check=True)


class Bare:
    """This computer, and a loop that starts the supervisor again when it is gone."""

    def __init__(self, work: Path) -> None:
        self.folder = work / "disk"
        self.logs = work / "log"
        self._over = threading.Event()

    def start(self) -> None:
        self.logs.mkdir()
        self.folder.mkdir()

    def command(self, command: Command, environment: Mapping[str, str]) -> Command:
        own = {"ACOUPI_SUPERVISION": "detached", **environment}
        return ("env", *(f"{key}={value}" for key, value in own.items()), *command)

    def keep(self, command: Command, is_running: Callable[[], bool]) -> None:
        def keep() -> None:
            with (self.logs / "supervisor.log").open("ab") as log:
                while not self._over.wait(KEEP_EVERY_S):
                    if not is_running():
                        subprocess.run(command, stdout=log, stderr=log, check=False)

        threading.Thread(target=keep, daemon=True).start()

    def let_go(self) -> None:
        self._over.set()

    def cut_power(self) -> None:
        raise NotImplementedError("the power of this computer is not ours to cut")

    def boot(self) -> None:
        raise NotImplementedError("the power of this computer is not ours to switch on")

    def stop(self) -> None:
        self._over.set()
