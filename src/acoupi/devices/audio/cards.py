"""The sound cards of this computer, as the kernel lists them in ``/proc/asound``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from acoupi.devices.audio.addresses import PcmAddress, card_titles
from acoupi.devices.audio.formats import STANDARD_RATES_HZ
from acoupi.devices.audio.holders import Holder, find_holder
from acoupi.devices.audio.usb import UsbIdentity, usb_identity

__all__ = ["CardInput", "card_inputs"]

PCM = re.compile(r"(\d+)-(\d+): ([^:]*)(.*)")
CONTINUOUS = re.compile(r"(\d+) - (\d+)")


@dataclass(frozen=True)
class CardInput:
    """One thing on a sound card that can be recorded from.

    Parameters
    ----------
    name
        Its ALSA name, which stays when cards are plugged in another order.
    rates_hz, channels, formats
        What it can, where the kernel tells; it does for USB devices.
    holder
        Who records from it, so that nobody else can.
    trouble
        Why it could not be asked what it can.
    """

    name: str
    description: str
    rates_hz: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    usb: UsbIdentity | None = None
    formats: tuple[str, ...] = ()
    address: PcmAddress | None = None
    holder: Holder | None = None
    trouble: str | None = None


def card_inputs(root: Path = Path("/")) -> list[CardInput]:
    """Return what can be recorded from.

    Parameters
    ----------
    root
        The folder that holds ``proc`` and ``sys``.
    """
    titles = card_titles(root)
    found = (match.groups() for match in PCM.finditer(_text(root / "proc/asound/pcm")))
    return [
        _input(root, PcmAddress(int(card), int(device)), title, titles)
        for card, device, title, streams in found
        if "capture" in streams
    ]


def _input(
    root: Path, address: PcmAddress, title: str, titles: dict[int, tuple[str, str]]
) -> CardInput:
    id, description = titles.get(address.card, (str(address.card), ""))
    capture = _capture(root / f"proc/asound/card{address.card}/stream{address.device}")
    return CardInput(
        name=f"hw:CARD={id},DEV={address.device}",
        description=description or title.strip(),
        rates_hz=tuple(sorted({hz for text in _values(capture, "Rates") for hz in _rates(text)})),
        channels=tuple(sorted({int(n) for n in _values(capture, "Channels") if n.isdigit()})),
        usb=usb_identity(address.card, root),
        formats=tuple(dict.fromkeys(_values(capture, "Format"))),
        address=address,
        holder=find_holder(address, root),
    )


def _capture(path: Path) -> str:
    """Return what the kernel says of the recording half of a USB stream."""
    return _text(path).partition("Capture:")[2].partition("Playback:")[0]


def _values(text: str, key: str) -> Iterator[str]:
    return (match[1].strip() for match in re.finditer(rf"^\s*{key}: (.*)$", text, re.M))


def _rates(text: str) -> list[int]:
    span = CONTINUOUS.match(text)
    if span:
        low, high = int(span[1]), int(span[2])
        return sorted({low, high, *(rate for rate in STANDARD_RATES_HZ if low <= rate <= high)})
    return [int(word) for word in text.replace(",", " ").split() if word.isdigit()]


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
