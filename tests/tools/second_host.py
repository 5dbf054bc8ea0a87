"""A second computer: a network namespace, linked to this one by a cable."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

__all__ = ["SecondHost", "linked_host"]

HIDE = 'for d in $HIDDEN; do mount -t tmpfs none "$d"; done; exec "$@"'


class SecondHost:
    """A computer that has nothing in common with this one but folders, and a cable.

    Parameters
    ----------
    number
        What tells it from others; it becomes part of names and addresses.
    """

    def __init__(self, number: int) -> None:
        self.name = f"acoupi{number}"
        self._cable = (f"acp{number}a", f"acp{number}b")
        self._network = f"10.{64 + number // 250}.{number % 250}"
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def first_address(self) -> str:
        """Where the second host finds this one."""
        return f"{self._network}.1"

    def plug_in(self) -> None:
        """Make the host, and link it."""
        here, there = self._cable
        _ip("netns", "add", self.name)
        _ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", self.name)
        _ip("addr", "add", f"{self.first_address}/24", "dev", here)
        _ip("-n", self.name, "addr", "add", f"{self._network}.2/24", "dev", there)
        _ip("-n", self.name, "link", "set", "lo", "up")
        _ip("-n", self.name, "link", "set", there, "up")
        self.link()

    def link(self) -> None:
        """Put the cable in."""
        _ip("link", "set", self._cable[0], "up")

    def cut(self) -> None:
        """Pull the cable."""
        _ip("link", "set", self._cable[0], "down")

    def run(
        self, command: Sequence[str], environment: Mapping[str, str], hidden: Sequence[Path]
    ) -> None:
        """Run a command there, where folders of this one are not to be seen."""
        self._processes.append(
            subprocess.Popen(
                ["ip", "netns", "exec", self.name, "sh", "-ec", HIDE, "sh", *command],
                env={**os.environ, **environment, "HIDDEN": " ".join(map(str, hidden))},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    def stop(self, timeout_s: float = 60) -> list[int]:
        """Ask what runs there to end, and return how it ended."""
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(timeout_s) for process in self._processes]
        self._processes.clear()
        return codes

    def remove(self) -> None:
        """End everything there, and take it down."""
        for process in self._processes:
            process.kill()
            process.wait()
        for pid in _ip("netns", "pids", self.name).split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        _ip("netns", "del", self.name)
        with contextlib.suppress(subprocess.CalledProcessError):
            _ip("link", "del", self._cable[0])


@contextlib.contextmanager
def linked_host() -> Generator[SecondHost]:
    """Have a second host for as long as the block."""
    host = SecondHost(os.getpid() % 15_000)
    try:
        host.plug_in()
        yield host
    finally:
        host.remove()


def _ip(*words: str) -> str:
    return subprocess.run(("ip", *words), check=True, capture_output=True, text=True).stdout
