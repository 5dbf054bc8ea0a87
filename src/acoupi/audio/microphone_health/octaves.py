"""The octaves that a microphone is measured in."""

import math

__all__ = ["name_octave", "octave_edges_hz", "octaves_of"]

LOWEST_HZ = 62.5
"""Below it are doors, footsteps, and how far off zero the sound is."""

BEYOND = 1.05
"""How far the highest octave may reach beyond what a sample rate holds."""


def octaves_of(rate_hz: float) -> list[float]:
    """Return the centres (Hz) of the octaves that a sample rate holds, at least one."""
    count = math.floor(math.log2(BEYOND * rate_hz / 2 / math.sqrt(2) / LOWEST_HZ))
    return [LOWEST_HZ * 2**n for n in range(max(0, count) + 1)]


def octave_edges_hz(octaves_hz: list[float]) -> list[float]:
    """Return where each octave begins, and where the last one ends."""
    return [octaves_hz[0] / math.sqrt(2), *(centre * math.sqrt(2) for centre in octaves_hz)]


def name_octave(centre_hz: float) -> str:
    """Return how people call an octave."""
    return f"{centre_hz / 1000:g} kHz" if centre_hz >= 1000 else f"{int(centre_hz + 0.5)} Hz"
