"""What a test recording tells, as rows and as JSON values."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from acoupi.cli.render_meter import finite, level_document
from acoupi.cli.render_rows import Row

if TYPE_CHECKING:
    from acoupi.audio.level import Level, Snippet
    from acoupi.audio.portrait import Portrait

__all__ = ["Sound", "sound_document", "sound_rows", "title"]

OUTSTANDING_DB = 20.0
"""The loudest moment of half a minute of mere noise stands up to 18 dB above its middle."""


@dataclass(frozen=True)
class Sound:
    """A test recording, and what was measured of it."""

    name: str
    snippet: "Snippet"
    time_expansion: float
    level: "Level"
    each: "list[Level]"
    """The level of each channel."""

    portrait: "Portrait"
    kept: Path | None = None
    """Where the file of it is."""

    @property
    def rate_hz(self) -> float:
        """The rate of the sound as it was heard."""
        return self.snippet.format.rate_hz * self.time_expansion


def title(sound: Sound) -> str:
    """Say what was recorded, and how."""
    format = sound.snippet.format
    parts = [
        f"{sound.snippet.duration_s:.3g} s at {format.rate_hz / 1000:g} kHz",
        "1 channel" if format.channels == 1 else f"{format.channels} channels",
        f"{8 * format.sample_bytes} bit",
    ]
    if sound.time_expansion != 1:
        parts.append(f"{sound.time_expansion:g} times expanded")
    return f"{sound.name}: {', '.join(parts)}"


def sound_rows(sound: Sound) -> list[Row]:
    """Return a label and a text for everything that was measured."""
    level, portrait = sound.level, sound.portrait
    rows = [("level", _loudness(level))]
    if len(sound.each) > 1:
        rows += [(f"channel {n}", _loudness(one)) for n, one in enumerate(sound.each, 1)]
    rows += [
        ("clipping", _clipping(level, sound)),
        ("offset (DC)", f"{round(100 * level.dc, 3) + 0.0:g} % of full scale"),
        ("dominant", _dominant(portrait)),
        ("noise floor", f"{portrait.noise_floor_dbfs:.1f} dBFS (quietest tenth)"),
    ]
    return [*rows, *([("file", str(sound.kept))] if sound.kept else [])]


def sound_document(sound: Sound) -> dict[str, object]:
    """Return everything as JSON values."""
    format, portrait = sound.snippet.format, sound.portrait
    return {
        "name": sound.name,
        "seconds": sound.snippet.duration_s,
        "rate_hz": format.rate_hz,
        "channels": format.channels,
        "bits": 8 * format.sample_bytes,
        "time_expansion": sound.time_expansion,
        **level_document(sound.level),
        "each_channel": [level_document(level) for level in sound.each],
        "dominant_hz": finite(portrait.dominant_hz),
        "dominant_at_s": finite(portrait.dominant_at_s),
        "dominant_above_db": finite(portrait.dominant_above_db),
        "noise_floor_dbfs": finite(portrait.noise_floor_dbfs),
        "file": str(sound.kept) if sound.kept else None,
    }


def _loudness(level: "Level") -> str:
    if level.is_flat:
        return "none: every sample is the same"
    return f"peak {level.peak_dbfs:.1f}, RMS {level.rms_dbfs:.1f} dBFS"


def _clipping(level: "Level", sound: Sound) -> str:
    if not level.clipped:
        return "none"
    samples = len(sound.snippet.samples) / sound.snippet.format.sample_bytes
    count = "1 sample" if level.clipped == 1 else f"{level.clipped} samples"
    return f"{count}, {100 * level.clipped / samples:.2g} %"


def _dominant(portrait: "Portrait") -> str:
    if portrait.dominant_above_db < OUTSTANDING_DB:
        return "no frequency stands out"
    pitch = f"{portrait.dominant_hz / 1000:.2f} kHz at {portrait.dominant_at_s:.2g} s"
    return f"{pitch}, +{portrait.dominant_above_db:.0f} dB"
