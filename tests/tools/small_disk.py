"""A disk that a test can fill."""

import os
import subprocess
from pathlib import Path

__all__ = ["DISK_MB", "SmallDisk"]

DISK_MB = 12


class SmallDisk:
    """A small disk of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"
        path.mkdir()
        self.mount()

    def mount(self) -> None:
        """Make it, empty."""
        options = f"size={DISK_MB}m,mode=700"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", self.path], check=True)

    def fill(self) -> None:
        """Leave no byte free, also not what others free meanwhile."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                while _fits(file.fileno(), bytes(size)):
                    pass

    def free(self) -> None:
        self._ballast.unlink()

    def remove(self) -> None:
        subprocess.run(["umount", "-l", self.path], check=True)


def _fits(fd: int, data: bytes) -> bool:
    try:
        return os.write(fd, data) == len(data)
    except OSError:
        return False
