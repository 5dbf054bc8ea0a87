"""Listeners that look up, each time, where a microphone is plugged in."""

from dataclasses import replace

from acoupi.audio.listener import Listener
from acoupi.audio.wav import WavFormat
from acoupi.devices.audio.plugged import alsa_name, holder_of
from acoupi.errors import DeviceError

__all__ = ["where_plugged"]


def where_plugged(listener: Listener) -> Listener:
    """Make a listener of ALSA's that also knows ``usb:SERIAL``, and who is in its way."""

    def command(device_name: str, format: WavFormat) -> list[str]:
        return listener.command(alsa_name(device_name), format)

    return replace(listener, command=command, holder=_holder)


def _holder(device_name: str) -> str | None:
    try:
        holder = holder_of(device_name)
    except DeviceError:
        return None
    return str(holder) if holder else None
