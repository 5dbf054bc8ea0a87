"""What a listener says of its device, and what to tell of that."""

from collections import deque
from dataclasses import dataclass, field

from acoupi.audio.addresses import without_password
from acoupi.audio.listener import Listener
from acoupi.audio.wav import WavFormat
from acoupi.errors import (
    DeviceConfigurationError,
    DeviceError,
    DeviceUnavailableError,
    RecordingError,
)

__all__ = ["Words"]


@dataclass
class Words:
    """Keeps a child's latest words, and puts its failures into words of our own.

    Parameters
    ----------
    listener
        The child.
    device_name
        As the child knows it.
    format
        What was asked for.
    """

    listener: Listener
    device_name: str
    format: WavFormat
    _latest: deque[str] = field(default_factory=lambda: deque[str](maxlen=20))
    _begun: bytes = b""

    @property
    def shown_name(self) -> str:
        """The name of the device, without a password that it holds."""
        return without_password(self.device_name)

    def note(self, words: bytes) -> list[str]:
        """Remember what the child says, and return it line by line."""
        *whole, self._begun = (self._begun + words).split(b"\n")
        lines = [line.decode(errors="replace").strip() for line in whole]
        lines = [without_password(line) for line in lines if line]
        self._latest.extend(lines)
        return lines

    def is_wrong_rate(self, line: str) -> bool:
        """Tell whether a line says that it records at another rate."""
        wrong = self.listener.other_rate
        return wrong is not None and wrong in line

    def ended(self) -> DeviceError:
        """Tell that a device was lost that had given sound."""
        return RecordingError(f"{self._name} stopped{self._said()}")

    def not_opened(self) -> DeviceError:
        """Tell that a device gave no sound before its listener ended."""
        said = self._said()
        if any(self.listener.refused in line for line in self._latest):
            return DeviceConfigurationError(
                f"{self._name} cannot record {self.format.channels} "
                f"channel(s) at {self.format.rate_hz} Hz{said}",
                help=self.listener.help_settings.format(device_name=self.shown_name),
            )
        holder = self.listener.holder and self.listener.holder(self.device_name)
        if holder:
            return DeviceUnavailableError(
                f"{self._name} is in use by {holder}{said}",
                help="end that program, or choose another microphone",
            )
        return DeviceUnavailableError(
            f"{self._name} cannot be opened{said}", help=self.listener.help_devices
        )

    def not_started(self, error: OSError) -> DeviceError:
        """Tell that the listener could not be started."""
        return DeviceUnavailableError(
            f"{self._name} cannot be listened to: "
            f"{error.filename or 'the program for it'} cannot be started: {error.strerror}",
            help="check that there are memory and process numbers left",
        )

    def erring(self) -> DeviceError:
        """Tell that one error comes after the other, and no sound between them."""
        return RecordingError(
            f"{self._name} gives errors in place of sound{self._said()}",
            help="check its plug and its power; it is opened anew",
        )

    def silent(self, waited_s: float) -> DeviceError:
        """Tell that no sound came for so long."""
        return RecordingError(
            f"{self._name} gave no sound for {waited_s:g} s{self._said()}",
            help="check that it is plugged in; it is opened anew for the next recording",
        )

    def flat(self) -> DeviceError:
        """Tell that all samples are the same."""
        return RecordingError(
            f"{self._name} gives nothing but one value",
            help="check that it is switched on, and its cable; it is opened anew",
        )

    def wrong_rate(self, off: float | None = None) -> DeviceError:
        """Tell that samples come at another rate: slower by a share, if it was measured."""
        rate_hz = self.format.rate_hz
        said = self._said() if off is None else f": it gives {rate_hz / (1 + off):.0f} a second"
        return DeviceConfigurationError(
            f"{self._name} does not record at {rate_hz} Hz{said}",
            help="set the sample rate of the microphone to one that it has",
        )

    def closed(self) -> DeviceError:
        """Tell that nobody wants to listen any more."""
        return RecordingError(f"{self._name} was closed")

    def too_late(self) -> DeviceError:
        """Tell that sound is gone that was to be written."""
        return RecordingError(f"sound of {self._name} came faster than it was written")

    @property
    def _name(self) -> str:
        return f"the microphone {self.shown_name!r}"

    def _said(self) -> str:
        """Return the child's last words that are not its greeting."""
        greeting = self.listener.greeting
        words = [line for line in self._latest if not (greeting and line.startswith(greeting))]
        return f": {words[-1]}" if words else ""
