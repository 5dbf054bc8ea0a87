"""Sockets that wake a consumer, and that are there exactly as long as it lives.

They are abstract Unix datagram sockets: no file, so no limit on the path and
nothing left behind. A process that is gone refuses the connection at once.
"""

import hashlib
import os
import select
import socket
import uuid
from collections.abc import Iterable
from pathlib import Path

__all__ = ["Doorbell", "is_alive", "namespace", "ring", "same_boot"]

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_NETWORK = Path("/proc/self/ns/net")


class Doorbell:
    """One consumer's socket; its name is what messages are claimed under.

    Parameters
    ----------
    path
        The broker's file, which becomes part of the name.
    """

    def __init__(self, path: Path) -> None:
        digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
        self.name = f"acoupi-{digest}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._socket = _datagram_socket()
        self._socket.bind(_address(self.name))

    def fileno(self) -> int:
        """Return what an event loop can wait on."""
        return self._socket.fileno()

    def wait(self, timeout_s: float) -> bool:
        """Wait until rung, and tell whether that happened."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(max(timeout_s, 0) * 1000))

    def silence(self) -> None:
        """Forget having been rung."""
        try:
            while True:
                self._socket.recv(16)
        except BlockingIOError:
            return

    def close(self) -> None:
        """Stop listening; from now on the name is dead."""
        self._socket.close()


def ring(names: Iterable[str]) -> list[str]:
    """Wake consumers, and return those that are dead."""
    with _datagram_socket() as sender:
        return [name for name in names if not _rings(sender, name)]


def is_alive(name: str) -> bool:
    """Tell whether the consumer of this name still listens."""
    with _datagram_socket() as sender:
        try:
            sender.connect(_address(name))
        except ConnectionRefusedError:
            return False
        return True


def namespace() -> str:
    """Return the boot and the network namespace, within which names can be reached."""
    return f"{_BOOT_ID.read_text().strip()}/{_NETWORK.stat().st_ino}"


def same_boot(a: str, b: str) -> bool:
    """Tell whether two namespaces are of one run of the kernel."""
    return a.partition("/")[0] == b.partition("/")[0]


def _rings(sender: socket.socket, name: str) -> bool:
    try:
        sender.sendto(b"\0", _address(name))
    except ConnectionRefusedError:
        return False
    except BlockingIOError:
        # Its buffer is full: it lives, and has been rung.
        return True
    return True


def _datagram_socket() -> socket.socket:
    return socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)


def _address(name: str) -> bytes:
    return b"\0" + name.encode()
