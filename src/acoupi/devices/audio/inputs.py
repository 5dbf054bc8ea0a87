"""Everything that can be recorded from, by the system that knows it."""

import os
import re
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from acoupi.devices.audio import alsa
from acoupi.devices.audio.addresses import card_titles, find_address
from acoupi.devices.audio.alsa import DeviceInfo
from acoupi.devices.audio.portaudio_list import ask_portaudio
from acoupi.devices.audio.usb import usb_identity
from acoupi.errors import DeviceUnavailableError

__all__ = ["SYSTEMS", "System", "absence_hint", "find_inputs", "pipewire_inputs"]

System = Literal["alsa", "pipewire", "portaudio"]

SYSTEMS: tuple[System, ...] = ("alsa", "pipewire", "portaudio")
"""The one that a sensor uses unless it is told otherwise comes first."""

PORTAUDIO_ADDRESS = re.compile(r"\(((?:plug)?hw:[^()]*)\)$")


def find_inputs(
    systems: Collection[System] = SYSTEMS, root: Path = Path("/")
) -> dict[System, list[DeviceInfo]]:
    """Return the microphones that each system knows; of one that is absent, none.

    One system is asked after the other: two that try a device at once would
    each find it in use.

    Parameters
    ----------
    systems
        Those to ask.
    root
        The folder that holds ``proc`` and ``sys``.
    """
    known = alsa.get_input_devices(root) if {"alsa", "portaudio"} & set(systems) else []
    ask: dict[System, Callable[[], list[DeviceInfo]]] = {
        "alsa": lambda: known,
        "pipewire": lambda: pipewire_inputs(root),
        "portaudio": lambda: portaudio_inputs(ask_portaudio(), known, root),
    }
    return {system: ask[system]() for system in SYSTEMS if system in systems}


def pipewire_inputs(root: Path = Path("/")) -> list[DeviceInfo]:
    """Return the microphones that PipeWire knows; none where it does not run."""
    from acoupi.devices.audio.pipewire import get_input_devices

    try:
        nodes = get_input_devices()
    except DeviceUnavailableError:
        return []
    return [
        DeviceInfo(
            node.name,
            node.description,
            tuple(node.samplerates),
            tuple(range(1, node.max_input_channels + 1)),
            usb=None if node.card is None else usb_identity(node.card, root),
            formats=tuple(node.formats),
        )
        for node in nodes
    ]


def portaudio_inputs(
    listed: Collection[Mapping[str, Any]], known: Collection[DeviceInfo], root: Path = Path("/")
) -> list[DeviceInfo]:
    """Return what PortAudio lists, with what ALSA tells of the same devices.

    By itself PortAudio tells only how a device records by default.
    """
    from acoupi.devices.audio.pyaudio import parse_device_name

    found = [
        (parse_device_name(device["name"]), device, _known(device["name"], known, root))
        for device in listed
    ]
    return [
        replace(same, name=name) if same else _by_default(name, device)
        for name, device, same in found
        if same or not alsa.INDIRECT.match(name)
    ]


def absence_hint(root: Path = Path("/")) -> str:
    """Return what to do where nothing is found.

    Parameters
    ----------
    root
        The folder that holds ``proc`` and ``dev``.
    """
    if shutil.which("arecord") is None:
        return "install what lists microphones and records from them: sudo apt install alsa-utils"
    if any(not os.access(node, os.R_OK | os.W_OK) for node in (root / "dev/snd").glob("*C*")):
        return "sound cards are not yours to use: sudo usermod -aG audio $USER, then log in anew"
    if card_titles(root):
        return "the sound cards of this computer only play: plug a microphone in"
    return "plug one in; lsusb and dmesg say whether the computer notices"


def _known(full_name: str, known: Collection[DeviceInfo], root: Path) -> DeviceInfo | None:
    match = PORTAUDIO_ADDRESS.search(full_name)
    address = find_address(match[1], root) if match else None
    same = (d for d in known if d.name == full_name or (address and d.address == address))
    return next(same, None)


def _by_default(name: str, device: Mapping[str, Any]) -> DeviceInfo:
    rate_hz = round(device["default_samplerate"])
    return DeviceInfo(name, name, (rate_hz,), tuple(range(1, device["max_input_channels"] + 1)))
