"""Programs that write what they hear to a pipe."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import termios
from array import array
from collections.abc import Sequence

__all__ = ["start_child", "waiting_bytes"]

PIPE_BYTES = 1 << 20
"""What the child may be ahead of us, beside the buffer of the device."""


def start_child(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a program that ends with the thread that starts it."""
    child = subprocess.Popen(
        [*_ends_with_us(), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=os.environ | {"LC_ALL": "C"},
    )
    assert child.stdout is not None  # noqa: S101
    # More than others may use is refused, and what there is will do.
    with contextlib.suppress(OSError):
        fcntl.fcntl(child.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return child


def waiting_bytes(pipe: int) -> int:
    """Return how many bytes can be read."""
    size = array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, size)
    return size[0]


def _ends_with_us() -> list[str]:
    """Return a prefix by which the kernel ends the child, even a hung one, if we are killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
