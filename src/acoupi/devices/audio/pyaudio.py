"""Microphones, as PortAudio lists them.

The list is asked for through the package ``sounddevice``, an extra. Whoever has
a ``pyaudio.PyAudio`` may hand that over instead.
"""

import importlib
import logging
import re
from collections.abc import Mapping
from typing import Any, Protocol

from pydantic import BaseModel

from acoupi.errors import DeviceUnavailableError

__all__ = [
    "DeviceInfo",
    "PortAudio",
    "get_default_microphone",
    "get_input_device_by_name",
    "get_input_devices",
    "has_input_audio_device",
    "load_sounddevice",
    "parse_device_name",
]

logger = logging.getLogger(__name__)

ADDRESS = re.compile(r"\s*\((?:plug)?hw:[^()]*\)$")


class DeviceInfo(BaseModel):
    """A microphone, and what it does unless it is asked for something else."""

    index: int
    """PortAudio's number for it, which another plug or start may change."""

    name: str
    max_input_channels: int
    default_samplerate: float
    """In Hz."""


class PortAudio(Protocol):
    """The part of ``pyaudio.PyAudio`` that lists devices."""

    def get_device_count(self) -> int:
        """Return how many devices there are, microphones or not."""
        ...

    def get_device_info_by_index(self, device_index: int, /) -> Mapping[str, Any]:
        """Return what is known of a device."""
        ...


def get_input_devices(p: PortAudio | None = None) -> list[DeviceInfo]:
    """Return the devices that can be recorded from.

    Parameters
    ----------
    p
        What to ask; by default, PortAudio through ``sounddevice``.

    Raises
    ------
    DeviceUnavailableError
        If PortAudio is not installed.
    """
    return [device for device in _devices(p) if device.max_input_channels > 0]


def get_input_device_by_name(p: PortAudio | None, name: str) -> DeviceInfo:
    """Return the microphone of that name, with or without its address.

    Raises
    ------
    DeviceUnavailableError
        If there is none, or PortAudio is not installed.
    """
    devices = get_input_devices(p)
    wanted = parse_device_name(name)
    found = next((device for device in devices if device.name == wanted), None)
    if found is None:
        names = ", ".join(repr(device.name) for device in devices) or "none at all"
        raise DeviceUnavailableError(
            f"PortAudio knows no microphone {name!r}",
            help=f"those that it knows: {names}",
        )
    return found


def get_default_microphone() -> tuple[int, int, str]:
    """Return channels, sample rate in Hz and name of the microphone that others use.

    Raises
    ------
    DeviceUnavailableError
        If there is no microphone, or PortAudio is not installed.
    """
    sounddevice = load_sounddevice()
    devices = get_input_devices()
    default: int = sounddevice.default.device[0]
    found = [device for device in devices if device.index == default] or devices
    if not found:
        raise DeviceUnavailableError(
            "PortAudio knows no microphone",
            help="check that one is plugged in and that acoupi devices lists it",
        )
    device = found[0]
    return device.max_input_channels, int(device.default_samplerate), device.name


def has_input_audio_device() -> bool:
    """Tell whether there is any microphone; without PortAudio none is found."""
    try:
        return bool(get_input_devices())
    except DeviceUnavailableError as error:
        logger.warning("no microphone can be found: %s", error)
        return False


def parse_device_name(full_name: str) -> str:
    """Return the part of PortAudio's name for a device that stays when it is plugged elsewhere.

    Examples
    --------
    >>> parse_device_name("UltraMic 250K 16 bit r0: USB Audio (hw:1,0)")
    'UltraMic 250K 16 bit r0'
    """
    return ADDRESS.sub("", full_name).partition(": ")[0]


def load_sounddevice() -> Any:
    """Import ``sounddevice``.

    Raises
    ------
    DeviceUnavailableError
        If it, or the library that it needs, is not installed.
    """
    try:
        return importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:
        raise DeviceUnavailableError(
            "PortAudio is used through packages that are not all installed: "
            "pip install 'acoupi[portaudio]' and apt install libportaudio2 bring them",
            help=f"what was missing: {error}",
        ) from error


def _devices(p: PortAudio | None) -> list[DeviceInfo]:
    if p is None:
        return [
            DeviceInfo.model_validate(device | {"name": parse_device_name(device["name"])})
            for device in load_sounddevice().query_devices()
        ]
    return [_from_pyaudio(p.get_device_info_by_index(i)) for i in range(p.get_device_count())]


def _from_pyaudio(device: Mapping[str, Any]) -> DeviceInfo:
    return DeviceInfo(
        index=device["index"],
        name=parse_device_name(device["name"]),
        max_input_channels=device["maxInputChannels"],
        default_samplerate=device["defaultSampleRate"],
    )
