"""Which board this is."""

import functools
import hashlib
import os
import platform
import socket
import uuid
from pathlib import Path

from acoupi.data import DeviceInfo
from acoupi.errors import DeviceUnavailableError

__all__ = [
    "describe_board",
    "get_device_id",
    "get_device_info",
    "get_rpi_host_name",
    "get_rpi_serial_number",
    "is_rpi",
]

ROOT = Path("/")
DEVICE_TREE = "proc/device-tree"
RANDOM_NODE_BIT = 1 << 40


def is_rpi(root: Path = ROOT) -> bool:
    """Tell whether this is a Raspberry Pi."""
    return "raspberry pi" in _read(root / DEVICE_TREE / "model").lower()


def get_rpi_serial_number(root: Path = ROOT) -> str:
    """Return the serial number that is burnt into a Raspberry Pi.

    Raises
    ------
    DeviceUnavailableError
        If this is none.
    """
    serial = _read(root / DEVICE_TREE / "serial-number") or _cpuinfo(root, "Serial")
    if not serial or not is_rpi(root):
        raise DeviceUnavailableError(
            "this computer has no serial number of a Raspberry Pi",
            help="use acoupi.devices.get_device_id, which works on every computer",
        )
    return serial


def get_rpi_host_name() -> str:
    """Return the name of this computer in its network."""
    return socket.gethostname()


def get_device_id(root: Path = ROOT) -> str:
    """Return what tells this computer from others, and stays the same across restarts.

    A Raspberry Pi's serial number; elsewhere the number of a network
    interface, or, where there is none, a digest of the machine id.
    """
    if is_rpi(root):
        return get_rpi_serial_number(root)
    node = uuid.getnode()
    return _machine_digest(root) if node & RANDOM_NODE_BIT else str(node)


def describe_board(root: Path = ROOT) -> str:
    """Say what computes here, for people who compare figures."""
    model = _read(root / DEVICE_TREE / "model") or _cpuinfo(root, "model name")
    cores = os.cpu_count() or 1
    return f"{model or platform.machine()}, {cores} core{'s' * (cores > 1)}"


@functools.cache
def get_device_info() -> DeviceInfo:
    """Return which device this is."""
    return DeviceInfo(id=get_device_id())


def _cpuinfo(root: Path, name: str) -> str:
    """Return the first value of a name in what the kernel says of the processor."""
    lines = _read(root / "proc/cpuinfo").splitlines()
    pairs = [line.partition(":") for line in lines]
    return next((value.strip() for key, _, value in pairs if key.strip() == name), "")


def _machine_digest(root: Path) -> str:
    """Return a digest, since the machine id itself should not leave the machine."""
    machine_id = _read(root / "etc/machine-id") or socket.gethostname()
    return hashlib.sha256(f"acoupi:{machine_id}".encode()).hexdigest()[:16]


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip("\0 \n")
    except OSError:
        return ""
