"""The notification protocol of systemd (sd_notify), which any parent can speak."""

import os
import socket

__all__ = ["NotifySocket", "notify", "watchdog_interval_s"]


def notify(**state: str | int) -> bool:
    """Send ``READY=1``, ``STATUS=…``, ``WATCHDOG=1`` and the like to whoever started us.

    Returns
    -------
    bool
        Whether there is somebody to tell.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    message = "\n".join(f"{key}={value}" for key, value in state.items()).encode()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        try:
            sender.sendto(message, "\0" + address[1:] if address.startswith("@") else address)
        except OSError:
            return False
    return True


def watchdog_interval_s() -> float | None:
    """Return how often ``WATCHDOG=1`` is due, or None if nobody waits for it."""
    usec = os.environ.get("WATCHDOG_USEC")
    if not usec or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(usec) / 1e6 / 2


class NotifySocket:
    """The parent's end, for starting a process and waiting until it says it is ready."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.bind("")  # Linux picks a free abstract name

    @property
    def address(self) -> str:
        """What the child finds in ``NOTIFY_SOCKET``."""
        name: bytes = self._socket.getsockname()
        return "@" + name[1:].decode()

    def receive(self, timeout_s: float) -> dict[str, str]:
        """Wait for one notification; empty if none comes in time."""
        self._socket.settimeout(timeout_s)
        try:
            text = self._socket.recv(4096).decode()
        except TimeoutError:
            return {}
        return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
