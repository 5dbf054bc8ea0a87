"""Files of sound, whatever their format."""

from pathlib import Path

from acoupi.audio.flac import FlacFile, open_flac
from acoupi.audio.wav import WavFile, open_wav

__all__ = ["SUFFIXES", "Sound", "open_sound"]

SUFFIXES = (".wav", ".flac")
"""What the names of kept recordings end with."""

Sound = WavFile | FlacFile


def open_sound(path: Path) -> Sound:
    """Look up the format, the length and the metadata of a file, which its name tells apart.

    Raises
    ------
    DeviceConfigurationError
        If it is not usable.
    """
    return open_flac(path) if path.suffix.lower() == ".flac" else open_wav(path)
