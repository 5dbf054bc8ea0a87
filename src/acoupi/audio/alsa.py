"""Listening to ALSA devices, with ``arecord``."""

from acoupi.audio.listener import Listener, find_program
from acoupi.audio.wav import WavFormat

__all__ = ["ALSA", "build_command"]


def build_command(device_name: str, format: WavFormat, words: str = "S16_LE") -> list[str]:
    """Return the command that listens.

    Parameters
    ----------
    device_name
        As ALSA knows it.
    format
        What to ask the device for.
    words
        How the device puts its samples into bytes, as ALSA calls it.
    """
    options = ["-D", device_name, "-f", words, "-t", "raw"]
    shape = ["-c", str(format.channels), "-r", str(format.rate_hz)]
    # A child that hangs for less than we wait for it has lost nothing.
    buffers = ["--buffer-time=3000000", "--period-time=100000"]
    return [find_program("arecord", "alsa-utils"), *options, *shape, *buffers, "-"]


ALSA = Listener(
    command=build_command,
    help_devices="list the microphones with: acoupi devices",
    help_settings="see what it can: acoupi devices {device_name}",
    greeting="Recording raw",
    other_rate="rate is not accurate",
)
