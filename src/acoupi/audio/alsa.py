"""Listening to ALSA devices, with ``arecord``."""

from acoupi.audio.listener import Listener, find_program
from acoupi.audio.wav import WavFormat

__all__ = ["ALSA"]


def _command(device_name: str, format: WavFormat) -> list[str]:
    options = ["-D", device_name, "-f", "S16_LE", "-t", "raw"]
    shape = ["-c", str(format.channels), "-r", str(format.rate_hz)]
    buffers = ["--buffer-time=2000000", "--period-time=100000"]
    return [find_program("arecord", "alsa-utils"), *options, *shape, *buffers, "-"]


ALSA = Listener(
    command=_command,
    help_devices="list the microphones with: acoupi devices",
    help_settings="see what it can: acoupi devices {device_name}",
    greeting="Recording raw",
    other_rate="rate is not accurate",
)
