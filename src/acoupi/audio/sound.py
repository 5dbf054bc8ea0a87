"""Files of sound, whatever their format."""

from pathlib import Path

from acoupi.audio.flac import FlacFile, open_flac
from acoupi.audio.wav import WavFile, open_foreign_wav, open_wav

__all__ = ["SUFFIXES", "Sound", "open_sound", "open_whole_sound"]

SUFFIXES = (".wav", ".flac")
"""What the names of kept recordings end with."""

Sound = WavFile | FlacFile


def open_sound(path: Path) -> Sound:
    """Look up the format, the length and the metadata of a file, which its name tells apart.

    A WAV file may be of any tool, and end early.

    Raises
    ------
    DeviceConfigurationError
        If it is not usable.
    """
    return open_flac(path) if path.suffix.lower() == ".flac" else open_foreign_wav(path)


def open_whole_sound(path: Path) -> Sound:
    """Look up the same of a file as recorders of acoupi make it.

    Raises
    ------
    DeviceConfigurationError
        If it is not usable, or not whole.
    """
    return open_flac(path) if path.suffix.lower() == ".flac" else open_wav(path)
