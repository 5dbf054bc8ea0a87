"""The sound cards of this computer, as the kernel lists them in ``/proc/asound``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from acoupi.devices.audio.formats import STANDARD_RATES_HZ
from acoupi.devices.audio.usb import UsbIdentity, usb_identity

__all__ = ["CardInput", "card_inputs"]

PCM = re.compile(r"(\d+)-(\d+): ([^:]*)(.*)")
CARD = re.compile(r"\s*(\d+) \[(\S+)\s*\]: \S+ - (.*)")
CONTINUOUS = re.compile(r"(\d+) - (\d+)")


@dataclass(frozen=True)
class CardInput:
    """One thing on a sound card that can be recorded from.

    Parameters
    ----------
    name
        Its ALSA name, which stays when cards are plugged in another order.
    rates_hz, channels
        What it can, where the kernel tells; it does for USB devices.
    """

    name: str
    description: str
    rates_hz: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    usb: UsbIdentity | None = None


def card_inputs(root: Path = Path("/")) -> list[CardInput]:
    """Return what can be recorded from.

    Parameters
    ----------
    root
        The folder that holds ``proc`` and ``sys``.
    """
    asound = root / "proc/asound"
    cards = {int(n): (id, title) for n, id, title in CARD.findall(_text(asound / "cards"))}
    found = (match.groups() for match in PCM.finditer(_text(asound / "pcm")))
    return [
        _input(root, int(card), int(device), title, cards)
        for card, device, title, streams in found
        if "capture" in streams
    ]


def _input(
    root: Path, card: int, device: int, title: str, cards: dict[int, tuple[str, str]]
) -> CardInput:
    id, description = cards.get(card, (str(card), title.strip()))
    rates_hz, channels = _stream(root / f"proc/asound/card{card}/stream{device}")
    return CardInput(
        name=f"hw:CARD={id},DEV={device}",
        description=description.strip() or title.strip(),
        rates_hz=rates_hz,
        channels=channels,
        usb=usb_identity(card, root),
    )


def _stream(path: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Read the rates and channels from what the kernel says of a USB stream."""
    capture = _text(path).partition("Capture:")[2].partition("Playback:")[0]
    rates = {rate for text in _values(capture, "Rates") for rate in _rates_hz(text)}
    channels = {int(text) for text in _values(capture, "Channels") if text.isdigit()}
    return tuple(sorted(rates)), tuple(sorted(channels))


def _values(text: str, key: str) -> Iterator[str]:
    return (match[1].strip() for match in re.finditer(rf"^\s*{key}: (.*)$", text, re.M))


def _rates_hz(text: str) -> list[int]:
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
