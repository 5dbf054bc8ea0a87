"""Whether a microphone gives anything but one value."""

from acoupi.audio.wav import WavFormat

__all__ = ["FlatCheck"]

FLAT_S = 2.0


class FlatCheck:
    """Notices samples that are all the same, on all channels, for long.

    Even silence is noise, where a microphone is: digital zeros say that there
    is none.

    Parameters
    ----------
    format
        How the samples are laid out.
    """

    def __init__(self, format: WavFormat) -> None:
        self._frame_bytes = format.frame_bytes
        self._needed = round(FLAT_S * format.rate_hz)
        self._value = b""
        self._first = 0
        self._told = 0
        self._end = 0
        self._found: tuple[int, int] | None = None

    def note(self, data: bytes, end: int) -> bool:
        """Note samples, and tell whether it has just been flat for long.

        Parameters
        ----------
        data
            What came.
        end
            How many frames have come, with these.
        """
        was_long = self._is_long()
        if not self._continues(data):
            self._end += self._zeros(data, data.lstrip(b"\0")) if was_long else 0
            self._found = self._stretch() or self._found
            self._first = self._told = end - self._zeros(data, data.rstrip(b"\0"))
            self._value = data[-self._frame_bytes :]
        self._end = end
        return self._is_long() and not was_long

    def take(self) -> tuple[int, int] | None:
        """Return from which frame to which it was flat, without what was told before."""
        found = self._stretch() or self._found
        self._found = None
        if self._is_long():
            self._told = self._end
        return found

    def _continues(self, data: bytes) -> bool:
        value = self._value
        same = data[: len(value)] == value
        return bool(value) and same and data[len(value) :] == data[: -len(value)]

    def _zeros(self, data: bytes, rest: bytes) -> int:
        """Return how many frames of zeros were stripped; of another value nobody counts them."""
        return (len(data) - len(rest)) // self._frame_bytes

    def _is_long(self) -> bool:
        return self._end - self._first >= self._needed

    def _stretch(self) -> tuple[int, int] | None:
        return (self._told, self._end) if self._is_long() and self._end > self._told else None
