"""The programs that listen to devices."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from acoupi.audio.wav import WavFormat
from acoupi.errors import DeviceUnavailableError

__all__ = ["Listener", "Unpack", "find_program"]

Unpack = Callable[[bytes], bytes]
"""Makes plain samples of what a program writes, which may be cut anywhere."""


@dataclass(frozen=True)
class Listener:
    """A program that writes to its output, raw, what a device hears."""

    command: Callable[[str, WavFormat], list[str]]
    """The program and its arguments, for a device and a format; may raise a DeviceError."""

    help_devices: str
    """How to list the devices that it knows."""

    help_settings: str
    """How to find out what a device can do."""

    greeting: str | None = None
    """How a line begins that says nothing is wrong."""

    lost: str = "overrun"
    """What it says when sound was lost."""

    refused: str = "set_params"
    """What it says when the device is there but cannot do what is asked."""

    other_rate: str | None = None
    """What it says when it records at another rate than was asked for."""

    holder: Callable[[str], str | None] | None = None
    """Tells who has a device for himself, if somebody does."""

    is_paced: bool = True
    """Whether sound comes as it is heard, not when a network likes."""

    unpack: Callable[[Sequence[str]], Unpack] = lambda _: bytes
    """For a command, what makes samples of what it writes."""


def find_program(name: str, package: str) -> str:
    """Return where a program is.

    Raises
    ------
    DeviceUnavailableError
        If it is not there; with the Debian package that brings it.
    """
    path = shutil.which(name)
    if path is None:
        raise DeviceUnavailableError(
            f"{name} cannot be started: there is no such command; apt install {package} brings it",
            help=f"install it with: sudo apt install {package}",
        )
    return path
