"""A microphone by what it is, or by where it is plugged in, whatever its card's number."""

from pathlib import Path

from acoupi.devices.audio.addresses import find_address
from acoupi.devices.audio.cards import CardInput, card_inputs
from acoupi.devices.audio.holders import Holder, find_holder
from acoupi.devices.audio.usb import USB_PREFIX
from acoupi.errors import DeviceConfigurationError, DeviceUnavailableError

__all__ = ["alsa_name", "holder_of"]


def alsa_name(name: str, root: Path = Path("/")) -> str:
    """Return how ALSA calls a microphone now.

    Parameters
    ----------
    name
        ``usb:SERIAL``, ``usb:PORT`` or ``usb:VENDOR:PRODUCT``; any other is
        ALSA's own.
    root
        The folder that holds ``proc`` and ``sys``.

    Raises
    ------
    DeviceUnavailableError
        If no such device is plugged in.
    DeviceConfigurationError
        If several are.
    """
    if not name.startswith(USB_PREFIX):
        return name
    known = [device for device in card_inputs(root) if device.usb]
    # A card may have several inputs; the first is the microphone.
    same = {str(device.usb): device for device in reversed(known) if _is(device, name)}
    if not same:
        raise DeviceUnavailableError(
            f"the microphone {name!r} is not plugged in",
            help=f"those that are: {'; '.join(str(device.usb) for device in known) or 'none'}",
        )
    if len(same) > 1:
        raise DeviceConfigurationError(
            f"{len(same)} microphones are {name!r}",
            help=f"name one by its port: {', '.join(map(_port, same.values()))}",
        )
    return next(iter(same.values())).name


def holder_of(name: str, root: Path = Path("/")) -> Holder | None:
    """Return who has a microphone for himself."""
    address = find_address(alsa_name(name, root), root)
    return find_holder(address, root) if address else None


def _is(device: CardInput, name: str) -> bool:
    return device.usb is not None and device.usb.is_called(name)


def _port(device: CardInput) -> str:
    return f"{USB_PREFIX}{device.usb.port if device.usb else None}"
