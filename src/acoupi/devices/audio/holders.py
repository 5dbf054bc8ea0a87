"""Who is recording from a sound card's device, as the kernel knows without opening it."""

import re
from dataclasses import dataclass
from pathlib import Path

from acoupi.devices.audio.addresses import PcmAddress

__all__ = ["Holder", "find_holder"]

OURS = "acoupi"


@dataclass(frozen=True)
class Holder:
    """A process that has a device for itself."""

    pid: int
    process: str = "another process"
    is_ours: bool = False
    """Whether it is a sensor's."""

    rate_hz: int | None = None
    channels: int | None = None
    """How it records, once it does."""

    def __str__(self) -> str:
        return f"{self.process} (pid {self.pid})" + (" of acoupi" if self.is_ours else "")


def find_holder(address: PcmAddress, root: Path = Path("/")) -> Holder | None:
    """Return who has a device so that nobody else can open it.

    Parameters
    ----------
    address
        Of the device.
    root
        The folder that holds ``proc``.
    """
    pcm = root / f"proc/asound/card{address.card}/pcm{address.device}c"
    taken = [(sub, _owner(_text(sub / "status"))) for sub in sorted(pcm.glob("sub*"))]
    owned = [(sub, thread) for sub, thread in taken if thread is not None]
    if not owned or len(owned) < len(taken):
        return None
    sub, thread = owned[0]
    return _describe(root / "proc", thread, _text(sub / "hw_params"))


def _describe(proc: Path, thread: int, hw_params: str) -> Holder:
    """Describe the process that a thread is part of: the kernel notes the thread."""
    status = _text(proc / f"{thread}/status")
    pid = _number(status, "Tgid") or thread
    parent = _number(status, "PPid")
    return Holder(
        pid,
        _word(_text(proc / f"{pid}/status"), "Name") or Holder.process,
        any(OURS in _text(proc / f"{one}/cmdline") for one in (pid, parent) if one),
        _number(hw_params, "rate"),
        _number(hw_params, "channels"),
    )


def _owner(status: str) -> int | None:
    return _number(status, "owner_pid")


def _number(text: str, key: str) -> int | None:
    match = re.search(rf"^{key}\s*:\s*(\d+)", text, re.M)
    return int(match[1]) if match else None


def _word(text: str, key: str) -> str | None:
    match = re.search(rf"^{key}\s*:\s*(\S.*)$", text, re.M)
    return match[1].strip() if match else None


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
