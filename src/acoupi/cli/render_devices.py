"""Microphones, as a table and as JSON values."""

import re
import textwrap
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acoupi.devices.audio.alsa import DeviceInfo
    from acoupi.devices.audio.inputs import System
    from acoupi.system.microphones import Found

__all__ = ["device_documents", "device_lines"]

TITLES: "dict[System, str]" = {"alsa": "ALSA", "pipewire": "PipeWire", "portaudio": "PortAudio"}
TABLE_WIDTH = 80
WIDTHS = (29, 17, 8)
GAP = "  "
UNKNOWN = "unknown"
BITS = re.compile(r"[SU](\d+)")


def device_lines(found: "Found", chosen: Collection[str], columns: int) -> list[str]:
    """Return the lines of a table for each system that knows any.

    Parameters
    ----------
    found
        What each system knows.
    chosen
        Names of those that the home's program listens to.
    columns
        How many there are.
    """
    lines: list[str] = []
    for system, devices in found.items():
        if not devices:
            continue
        lines += [""] if lines else []
        lines.append(_heading(TITLES[system], columns))
        for device in devices:
            lines += _device(device, device.name in chosen, columns)
    return lines


def device_documents(found: "Found", chosen: Collection[str]) -> list[dict[str, object]]:
    """Return all that is known of each microphone as JSON values."""
    return [
        _document(system, device, device.name in chosen)
        for system, devices in found.items()
        for device in devices
    ]


def _document(system: "System", device: "DeviceInfo", is_chosen: bool) -> dict[str, object]:
    usb, holder = device.usb, device.holder
    return {
        "name": device.name,
        "via": system,
        "description": device.description,
        "rates_hz": list(device.rates_hz),
        "channels": list(device.channels),
        "formats": list(device.formats),
        "usb_id": usb and f"{usb.vendor_id}:{usb.product_id}",
        "serial": usb and usb.serial,
        "port": usb and usb.port,
        "in_use_by": holder and {"pid": holder.pid, "process": holder.process},
        "trouble": device.trouble,
        "configured": is_chosen,
    }


def _heading(title: str, columns: int) -> str:
    if columns < TABLE_WIDTH:
        return title
    return _row(title, "rates (kHz)", "channels", "sample bits")


def _device(device: "DeviceInfo", is_chosen: bool, columns: int) -> Iterator[str]:
    """Yield the lines of one: its name is never cut, so that it can be copied."""
    rates = _rates(device)
    is_long = columns < TABLE_WIDTH or len(device.name) > WIDTHS[0]
    if is_long:
        yield device.name
    if columns < TABLE_WIDTH:
        summary = _summary(rates, device.channels, _samples(device.formats, " bit"))
        yield from _folded(summary, columns)
    else:
        name = "" if is_long else device.name
        yield _row(name, rates, _range(device.channels), _samples(device.formats))
    for text in _details(device, is_chosen, rates):
        yield from _folded(text, columns)


def _details(device: "DeviceInfo", is_chosen: bool, rates: str) -> Iterator[str]:
    if device.description != device.name:
        yield device.description
    if device.usb:
        yield str(device.usb)
    if " to " in rates:
        yield f"rates: {_khz(device.rates_hz)} kHz"
    if device.holder:
        rate_hz = device.holder.rate_hz
        yield f"in use by {device.holder}" + (f", at {_khz([rate_hz])} kHz" if rate_hz else "")
    elif device.trouble:
        yield f"cannot be opened: {device.trouble}"
    if is_chosen:
        yield "* the microphone of this home's program"


def _row(*cells: str) -> str:
    filled = [f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=False)]
    return GAP.join([*filled, *cells[len(WIDTHS) :]]).rstrip()


def _summary(rates: str, channels: Sequence[int], samples: str) -> str:
    parts = [f"{rates} kHz" if rates != UNKNOWN else "rates unknown"]
    if channels:
        parts.append("1 channel" if list(channels) == [1] else f"{_range(channels)} channels")
    return "; ".join([*parts, *([samples] if samples else [])])


def _rates(device: "DeviceInfo") -> str:
    """Return the rates that fit into their column, or from where to where they go."""
    text = _khz(device.rates_hz)
    if len(text) <= WIDTHS[1]:
        return text or UNKNOWN
    return f"{_khz(device.rates_hz[:1])} to {_khz(device.rates_hz[-1:])}"


def _khz(rates_hz: Sequence[int]) -> str:
    return ", ".join(f"{rate / 1000:g}" for rate in rates_hz)


def _range(numbers: Sequence[int]) -> str:
    if len(numbers) < 2:
        return "".join(map(str, numbers))
    return f"{numbers[0]} to {numbers[-1]}"


def _samples(formats: Sequence[str], unit: str = "") -> str:
    """Say how many bits there are, instead of how they are laid out."""
    bits = sorted({int(match[1]) for name in formats if (match := BITS.match(name))})
    whole = [f"{', '.join(map(str, bits))}{unit}"] if bits else []
    return ", ".join([*whole, *(["float"] if any(n.startswith("F") for n in formats) else [])])


def _folded(text: str, columns: int) -> list[str]:
    return textwrap.wrap(
        text,
        columns,
        initial_indent=GAP,
        subsequent_indent=GAP,
        break_on_hyphens=False,
        break_long_words=False,
    )
