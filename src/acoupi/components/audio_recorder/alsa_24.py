"""Samples of 24 bit, however an ALSA device puts them into bytes."""

from collections.abc import Sequence
from dataclasses import replace

from acoupi.audio.alsa import ALSA, build_command
from acoupi.audio.listener import Unpack
from acoupi.audio.narrow import Narrow
from acoupi.audio.wav import WavFormat
from acoupi.devices.audio.alsa import probe
from acoupi.errors import DeviceConfigurationError

__all__ = ["ALSA_24", "choose_words"]

LEFT_OUT = {"S24_3LE": None, "S24_LE": 3, "S32_LE": 0}
"""Which byte of a word is no part of the sample, for words in the order of preference."""


def choose_words(device_name: str, offered: Sequence[str]) -> str:
    """Choose how to ask for samples of 24 bit.

    Parameters
    ----------
    device_name
        For what is said if there is no way.
    offered
        What the device has; empty if that is not known.

    Raises
    ------
    DeviceConfigurationError
        If the device has none.
    """
    chosen = next((words for words in LEFT_OUT if not offered or words in offered), None)
    if chosen is None:
        raise DeviceConfigurationError(
            f"the microphone {device_name!r} has no samples of 24 bit: it has "
            + ", ".join(offered),
            help="set bit_depth of the microphone to 16",
        )
    return chosen


def _command(device_name: str, format: WavFormat) -> list[str]:
    words = choose_words(device_name, probe(device_name).formats)
    return build_command(device_name, format, words)


def _unpack(command: Sequence[str]) -> Unpack:
    left_out = LEFT_OUT[command[command.index("-f") + 1]]
    return bytes if left_out is None else Narrow(left_out)


ALSA_24 = replace(ALSA, command=_command, unpack=_unpack)
