"""What an ALSA device says it can, as ``arecord --dump-hw-params`` writes it."""

import re
from dataclasses import dataclass

from acoupi.devices.audio.formats import STANDARD_RATES_HZ

__all__ = ["HwParams", "parse_hw_params"]

ANY_HZ = 4_000_000
"""A device that takes a higher rate than this takes any, because it is none."""

MOST_CHANNELS = 32
REFUSED = "audio open error: "
PLAIN = re.compile(r"[SU]\d|FLOAT")
LIMITS = re.compile(r"([(\[])(\d+) (\d+)([)\]])")


@dataclass(frozen=True)
class HwParams:
    """The rates, numbers of channels and sample formats of a device; none if it says nothing."""

    rates_hz: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    formats: tuple[str, ...] = ()
    trouble: str | None = None
    """Why it says nothing."""


def parse_hw_params(text: str) -> HwParams:
    """Read what ``arecord`` wrote; of a range of rates, the usual ones and its ends."""
    rates = _limits(text, "RATE")
    channels = _limits(text, "CHANNELS")
    return HwParams(
        () if rates is None or rates[1] > ANY_HZ else _within(*rates),
        () if channels is None else tuple(range(channels[0], min(channels[1], MOST_CHANNELS) + 1)),
        _formats(text),
        text.partition(REFUSED)[2].partition("\n")[0].strip() or None,
    )


def _formats(text: str) -> tuple[str, ...]:
    """Return the formats of plain samples that are counted out."""
    line = re.search(r"^FORMAT: +(.*)$", text, re.M)
    words = line[1].split() if line else []
    return tuple(word for word in words if PLAIN.match(word))


def _limits(text: str, key: str) -> tuple[int, int] | None:
    line = re.search(rf"^{key}: (.*)$", text, re.M)
    if line is None:
        return None
    if line[1].strip().isdigit():
        return int(line[1]), int(line[1])
    found = LIMITS.match(line[1])
    if found is None:
        return None
    opening, low, high, closing = found.groups()
    return int(low) + (opening == "("), int(high) - (closing == ")")


def _within(low: int, high: int) -> tuple[int, ...]:
    between = (rate for rate in STANDARD_RATES_HZ if low <= rate <= high)
    return tuple(sorted({low, high, *between}))
