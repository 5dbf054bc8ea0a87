"""Where in a recording something was found, as text."""

__all__ = ["pitch_text", "when_text"]

SHORT_S = 1.0
"""Below it, tenths of a second say nothing; what is shorter is a call, not a window."""


def when_text(start_s: float | None, end_s: float | None) -> str:
    """Say when it was: to the tenth of a second, or to the hundredth where it is short."""
    if start_s is None or end_s is None:
        return ""
    places = 2 if end_s - start_s < SHORT_S else 1
    return f"{start_s:.{places}f}-{end_s:.{places}f} s"


def pitch_text(low_hz: float | None, high_hz: float | None) -> str:
    """Say between which frequencies it was."""
    if low_hz is None or high_hz is None:
        return ""
    return f"{low_hz / 1000:.3g}-{high_hz / 1000:.3g} kHz"
