"""A disk that loses what was not synchronised when its power is cut."""

import fcntl
import os
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Disk"]

EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2


@dataclass(frozen=True)
class Disk:
    """An ext4 file system in a file."""

    image: Path
    folder: Path

    def make(self, size_mb: int) -> None:
        """Format it, and put it to use."""
        self.folder.mkdir(parents=True)
        with self.image.open("wb") as image:
            image.truncate(size_mb << 20)
        _run("mkfs.ext4", "-q", "-F", str(self.image))
        self.attach()

    def attach(self) -> None:
        """Put it to use; the journal is replayed if it was cut."""
        # Of its own each time: one that is cut may be held by whoever was looking.
        device = _run("losetup", "--find", "--show", str(self.image))
        _run("mount", device, str(self.folder))
        _run("losetup", "--detach", device)  # when it is no longer used

    def cut(self) -> None:
        """Forget at once what has only been promised, as a disk without power does."""
        fd = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(fd, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(fd)
        self.detach()

    def detach(self) -> None:
        """Put it out of use, if it is in use."""
        if self.folder.is_mount():
            _run("umount", str(self.folder))


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
