"""Where people speak in a file."""

from pathlib import Path

from acoupi.audio.privacy.ear import Ear, SpeechModel
from acoupi.audio.privacy.held import overlaps
from acoupi.audio.privacy.spans import PrivateSpans
from acoupi.audio.sound import open_sound

__all__ = ["find_speech"]

APART_S = 0.25
"""Pauses shorter than twice this are part of what is said."""


def find_speech(path: Path, model: SpeechModel, threshold: float) -> list[tuple[float, float]]:
    """Return the stretches of a file in which people speak, in seconds as it plays.

    Raises
    ------
    DeviceConfigurationError
        If it holds no sound that can be read.
    """
    sound = open_sound(path)
    rate_hz = sound.format.rate_hz
    ear = Ear(model, sound.format)
    spans = PrivateSpans(threshold, round(APART_S * rate_hz))
    model.forget()
    for block in sound.blocks(0, sound.frames):
        for end, probability in ear.hear(block):
            spans.hear(end, probability)
    for end, probability in ear.finish():
        spans.hear(end, probability)
    spans.finish()
    found = overlaps(spans.spans, 0, sound.frames)
    return [(round(start / rate_hz, 3), round(end / rate_hz, 3)) for start, end in found]
