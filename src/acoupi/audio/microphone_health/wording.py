"""What people are told of a microphone."""

from collections.abc import Sequence

from acoupi.audio.microphone_health.figures import Figures, total_dbfs
from acoupi.audio.microphone_health.history import Channel, MicrophoneHealth
from acoupi.audio.microphone_health.octaves import name_octave
from acoupi.audio.microphone_health.symptoms import LESS_DB, MORE_DB, Symptom

__all__ = [
    "describe_figures",
    "describe_symptom",
    "describe_symptoms",
    "name_channel",
    "weather_of",
]

OFTEN = 0.5


def describe_symptoms(health: MicrophoneHealth) -> list[str]:
    """Say what is believed to be wrong with a microphone."""
    return [describe_symptom(health, *each) for each in health.symptoms]


def describe_symptom(health: MicrophoneHealth, number: int, symptom: Symptom) -> str:
    """Say what is wrong with one of its channels; the first is 0."""
    what = _what(symptom, health.channels[number], health.octaves_hz)
    return f"{name_channel(health, number)} {what}"


def name_channel(health: MicrophoneHealth, number: int) -> str:
    """Return what a channel is called; the first is 0."""
    where = f" (channel {number + 1})" if len(health.channels) > 1 else ""
    return f"the microphone {health.called!r}{where}"


def describe_figures(channel: Channel) -> str:
    """Say what was measured of late, and how that differs from the first hours."""
    figures = channel.recent
    if figures is None:
        return "nothing measured yet"
    words = [
        f"level {figures.level_dbfs:.0f} dBFS",
        f"floor {total_dbfs(figures.floor_dbfs):.0f} dBFS{_changed(channel)}",
    ]
    if figures.clipped:
        words.append(f"{figures.clipped:.2%} clipped")
    return ", ".join([*words, *weather_of(figures)])


def weather_of(figures: Figures) -> list[str]:
    """Say which weather it sounded like, half of the time or more."""
    shares = {"wind": figures.wind, "rain": figures.rain}
    return [f"sounds like {name}" for name, share in shares.items() if share >= OFTEN]


def _changed(channel: Channel) -> str:
    change_db = channel.change_db
    return "" if change_db is None else f" ({change_db:+.0f} dB)"


def _what(symptom: Symptom, channel: Channel, octaves_hz: Sequence[float]) -> str:
    severity = channel.beliefs[symptom].severity
    figures = channel.recent
    if symptom is Symptom.DEAD:
        return "gives nothing but one value: check that it is connected"
    if symptom is Symptom.OFF_ZERO:
        return f"is {abs(figures.dc) if figures else 0:.0%} off zero: it or its supply may fail"
    if symptom is Symptom.CLIPPING:
        share = figures.clipped if figures else 0
        return f"is cut off where it is loud, {share:.2%} of it: lower its gain"
    if symptom is Symptom.QUIETER:
        less = f"hears {severity * LESS_DB:.0f} dB less than in its quietest first hours"
        return f"{less}: it may be failing"
    if symptom is Symptom.MUFFLED:
        above = name_octave(octaves_hz[len(octaves_hz) // 2])
        less = f"hears {severity * LESS_DB:.0f} dB less from {above} on than in its first hours"
        return f"{less}: it may be covered or wet"
    return (
        f"is {severity * MORE_DB:.0f} dB noisier than in its first hours, "
        "at every hour of the day: look for interference"
    )
