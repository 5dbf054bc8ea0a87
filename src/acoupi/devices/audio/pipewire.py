"""Microphones, as PipeWire lists them through ``pw-dump``."""

import json
import logging
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from acoupi.devices.audio.formats import (
    STANDARD_RATES_HZ,
    BoolChoice,
    EnumFormatItem,
    FloatChoice,
    IntChoice,
    StrChoice,
    offered_formats,
    offered_rates_hz,
    offered_up_to,
)
from acoupi.errors import DeviceUnavailableError

__all__ = [
    "BoolChoice",
    "DeviceInfo",
    "EnumFormatItem",
    "FloatChoice",
    "IntChoice",
    "StrChoice",
    "get_default_microphone",
    "get_graph_rates_hz",
    "get_input_device_by_name",
    "get_input_devices",
    "has_input_audio_device",
]

logger = logging.getLogger(__name__)

Dump = list[dict[str, Any]]

NODE = "PipeWire:Interface:Node"
METADATA = "PipeWire:Interface:Metadata"
TIMEOUT_S = 10


class DeviceInfo(BaseModel):
    """A microphone, and what it can do."""

    description: str
    """Its name for people."""

    name: str
    """Its name for ``pw-record --target``."""

    max_input_channels: int
    samplerates: list[int]
    """In Hz, rising; the usual ones where the node allows a range or says nothing."""

    formats: list[str] = []
    """Of its samples, as PipeWire names them."""

    card: int | None = None
    """ALSA's number for the sound card, if it is on one."""


def get_input_devices() -> list[DeviceInfo]:
    """Return the devices that can be recorded from.

    Raises
    ------
    DeviceUnavailableError
        If PipeWire is not installed, or does not answer.
    """
    return _microphones(_dump())


def get_input_device_by_name(name: str) -> DeviceInfo:
    """Return the microphone of that name or description.

    Raises
    ------
    DeviceUnavailableError
        If there is none, or PipeWire does not answer.
    """
    devices = get_input_devices()
    found = next((device for device in devices if name in (device.name, device.description)), None)
    if found is None:
        names = ", ".join(repr(device.name) for device in devices) or "none at all"
        raise DeviceUnavailableError(
            f"PipeWire knows no microphone {name!r}", help=f"those that it knows: {names}"
        )
    return found


def get_default_microphone() -> DeviceInfo:
    """Return the microphone that others use.

    Raises
    ------
    DeviceUnavailableError
        If there is no microphone, or PipeWire does not answer.
    """
    dump = _dump()
    devices, default = _microphones(dump), _default_name(dump)
    found = [device for device in devices if device.name == default] or devices
    if not found:
        raise DeviceUnavailableError(
            "PipeWire knows no microphone",
            help="check that one is plugged in, and that WirePlumber runs: wpctl status",
        )
    return found[0]


def has_input_audio_device() -> bool:
    """Tell whether there is any microphone; without PipeWire none is found."""
    try:
        return bool(get_input_devices())
    except DeviceUnavailableError as error:
        logger.warning("no microphone can be found: %s", error)
        return False


def get_graph_rates_hz() -> set[int]:
    """Return the rates at which PipeWire passes sound on; others are made by resampling.

    Raises
    ------
    DeviceUnavailableError
        If PipeWire is not installed, or does not answer.
    """
    settings = _metadata(_dump(), "settings")
    forced = int(settings.get("clock.force-rate") or 0)
    if forced:
        return {forced}
    words = str(settings.get("clock.allowed-rates", "")).strip(" []").replace(",", " ").split()
    usual = settings.get("clock.rate")
    return {int(rate) for rate in [*words, *([usual] if usual else [])]}


def _dump() -> Dump:
    program = shutil.which("pw-dump")
    if program is None:
        raise DeviceUnavailableError(
            "PipeWire is asked through pw-dump, which apt install pipewire-bin brings",
            help="install it with: sudo apt install pipewire-bin wireplumber",
        )
    try:
        asked = subprocess.run([program], capture_output=True, timeout=TIMEOUT_S, check=True)
        return _merged(asked.stdout.decode())
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        said: bytes = getattr(error, "stderr", None) or str(error).encode()
        raise DeviceUnavailableError(
            f"PipeWire does not answer: {said.decode(errors='replace').strip()}",
            help="it runs for a user who is logged in or lingers: "
            "systemctl --user status pipewire wireplumber",
        ) from error


def _merged(text: str) -> Dump:
    """Read what was listed, and after it what changed while it was being listed."""
    decoder, position = json.JSONDecoder(), 0
    objects: dict[Any, dict[str, Any]] = {}
    while text[position:].strip():
        position += len(text[position:]) - len(text[position:].lstrip())
        listed, position = decoder.raw_decode(text, position)
        objects |= {item.get("id", f"nameless {n}"): item for n, item in enumerate(listed)}
    return list(objects.values())


def _microphones(dump: Dump) -> list[DeviceInfo]:
    nodes: list[dict[str, Any]] = [
        item["info"] for item in dump if item.get("type") == NODE and item.get("info")
    ]
    return [_device(node) for node in nodes if _is_microphone(node)]


def _is_microphone(node: dict[str, Any]) -> bool:
    return str(node.get("props", {}).get("media.class", "")).startswith("Audio/Source")


def _device(node: dict[str, Any]) -> DeviceInfo:
    props = node["props"]
    formats = list(_formats(node.get("params", {}).get("EnumFormat", [])))
    rates_hz = set[int]().union(*(offered_rates_hz(format.rate) for format in formats))
    return DeviceInfo(
        description=props.get("node.description") or props["node.name"],
        name=props["node.name"],
        max_input_channels=max((offered_up_to(format.channels) for format in formats), default=1),
        samplerates=sorted(rates_hz or STANDARD_RATES_HZ),
        formats=list(dict.fromkeys(name for f in formats for name in offered_formats(f.format))),
        card=_card(props),
    )


def _card(props: dict[str, Any]) -> int | None:
    numbers = (str(props.get(key)) for key in ("api.alsa.pcm.card", "alsa.card"))
    return next((int(number) for number in numbers if number.isdigit()), None)


def _formats(items: list[dict[str, Any]]) -> Iterator[EnumFormatItem]:
    """Read the formats that are plain samples."""
    for item in items:
        if (item.get("mediaType"), item.get("mediaSubtype")) != ("audio", "raw"):
            continue
        try:
            yield EnumFormatItem.model_validate(item)
        except ValidationError as error:
            logger.warning("a format of PipeWire is not understood: %s", error)


def _default_name(dump: Dump) -> str | None:
    source = _metadata(dump, "default").get("default.audio.source")
    return source.get("name") if source else None


def _metadata(dump: Dump, name: str) -> dict[str, Any]:
    """Return what is written on one of PipeWire's notice boards."""
    return {
        entry["key"]: entry["value"]
        for item in dump
        if item.get("type") == METADATA and item.get("props", {}).get("metadata.name") == name
        for entry in item.get("metadata", [])
    }
