"""Which USB device a sound card is, as ``/sys`` tells."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["USB_PREFIX", "UsbIdentity", "usb_identity"]

USB_PREFIX = "usb:"
"""How a microphone's name begins that says which USB device it is."""


@dataclass(frozen=True)
class UsbIdentity:
    """What tells one USB device from another.

    Parameters
    ----------
    vendor_id, product_id
        Four hexadecimal digits each.
    port
        Where it is plugged in, such as ``1-1.2``; the same after every start.
    """

    vendor_id: str
    product_id: str
    serial: str | None = None
    port: str | None = None

    def __str__(self) -> str:
        parts = [f"USB {self.vendor_id}:{self.product_id}"]
        parts += [f"serial {self.serial}"] if self.serial else []
        parts += [f"port {self.port}"] if self.port else []
        return ", ".join(parts)

    def is_called(self, name: str) -> bool:
        """Tell whether ``usb:SERIAL``, ``usb:PORT`` or ``usb:VENDOR:PRODUCT`` means it."""
        kind = f"{self.vendor_id}:{self.product_id}"
        own = {self.serial, self.port, kind} - {None}
        return name.startswith(USB_PREFIX) and name.removeprefix(USB_PREFIX) in own


def usb_identity(card: int, root: Path = Path("/")) -> UsbIdentity | None:
    """Return which USB device a sound card is; None if it is none.

    Parameters
    ----------
    card
        ALSA's number for the card.
    root
        The folder that holds ``sys`` and ``proc``.
    """
    device = _usb_device(root / f"sys/class/sound/card{card}/device")
    if device is not None:
        return UsbIdentity(
            _text(device / "idVendor") or "",
            _text(device / "idProduct") or "",
            _text(device / "serial"),
            device.name,
        )
    vendor, colon, product = (_text(root / f"proc/asound/card{card}/usbid") or "").partition(":")
    return UsbIdentity(vendor, product) if colon else None


def _usb_device(interface: Path) -> Path | None:
    """Return the folder of the device that an interface is part of."""
    if not interface.exists():
        return None
    inside = interface.resolve()
    return next((p for p in (inside, *inside.parents) if (p / "idVendor").is_file()), None)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(errors="replace").strip() or None
    except OSError:
        return None
