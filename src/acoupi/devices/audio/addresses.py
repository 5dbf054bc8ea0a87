"""The numbers that the kernel knows a sound card's devices by."""

import re
from pathlib import Path
from typing import NamedTuple

__all__ = ["PcmAddress", "card_titles", "find_address"]

CARD = re.compile(r"\s*(\d+) \[(\S+)\s*\]: \S+ - (.*)")
NAME = re.compile(r"(?:plug)?hw:(?:CARD=)?([\w-]+)(?:,(?:DEV=)?(\d+))?\Z")


class PcmAddress(NamedTuple):
    """A device on a sound card; another plug or start may change the card's number."""

    card: int
    device: int


def card_titles(root: Path = Path("/")) -> dict[int, tuple[str, str]]:
    """Return the id and the title of each sound card."""
    try:
        text = (root / "proc/asound/cards").read_text(errors="replace")
    except OSError:
        return {}
    return {int(number): (id, title.strip()) for number, id, title in CARD.findall(text)}


def find_address(name: str, root: Path = Path("/")) -> PcmAddress | None:
    """Return what an ALSA name stands for; None for one that is not a card's, or of no card.

    Parameters
    ----------
    name
        Such as ``hw:CARD=r0,DEV=0``, ``hw:1,0`` or ``plughw:r0``.
    root
        The folder that holds ``proc``.
    """
    match = NAME.match(name)
    if match is None:
        return None
    card, device = match[1], int(match[2] or 0)
    titles = card_titles(root)
    if card.isdigit():
        return PcmAddress(int(card), device) if int(card) in titles else None
    numbers = (number for number, (id, _) in titles.items() if id == card)
    return next((PcmAddress(number, device) for number in numbers), None)
