"""Whether a microphone gives anything but one value."""

from acoupi.audio.wav import WavFormat

__all__ = ["FlatCheck"]

FLAT_S = 2.0


class FlatCheck:
    """Finds frames that are all the same for long, and counts them.

    Even silence is noise, where a microphone is: digital zeros say that there
    is none.

    Parameters
    ----------
    format
        How the samples are laid out.
    """

    def __init__(self, format: WavFormat) -> None:
        self._frame_bytes = format.frame_bytes
        self._long = self._needed = round(FLAT_S * format.rate_hz)
        self._expected = b""
        self._value = b""
        self._rest = b""
        self._first = self._told = self._end = 0
        self._found: list[tuple[int, int]] = []

    @property
    def value(self) -> bytes:
        """The frame that comes again and again; empty if there is none."""
        return self._value if self._is_long() else b""

    def expect(self, value: bytes) -> None:
        """Say which frame the device gave for long before; if it goes on, it counts at once."""
        self._expected = value

    def note(self, data: bytes, end: int) -> bool:
        """Note samples, and tell whether it has just been flat for long.

        Parameters
        ----------
        data
            What came; a frame may be cut.
        end
            How many whole frames have come, with these.
        """
        was_long, known = self._is_long(), len(self._found)
        frames = self._whole(data)
        if frames:
            self._go_on(frames, end)
        return not was_long and (self._is_long() or len(self._found) > known)

    def take(self) -> list[tuple[int, int]]:
        """Return from which frame to which it was flat, without what was told before."""
        self._close()
        self._told = max(self._told, self._end) if self._is_long() else self._told
        found, self._found = self._found, []
        return found

    def _whole(self, data: bytes) -> bytes:
        data = self._rest + data
        cut = len(data) % self._frame_bytes
        self._rest = data[len(data) - cut :]
        return data[: len(data) - cut]

    def _go_on(self, frames: bytes, end: int) -> None:
        begin = end - len(frames) // self._frame_bytes
        if not self._value:
            self._begin(frames[: self._frame_bytes], begin)
        self._end = begin + leading(frames, self._value)
        if self._end < end:
            self._close()
            self._expected = b""
            value = frames[-self._frame_bytes :]
            self._begin(value, end - trailing(frames, value))
        self._end = end

    def _begin(self, value: bytes, frame: int) -> None:
        self._value = value
        self._first = self._told = frame
        self._needed = 0 if value == self._expected else self._long

    def _close(self) -> None:
        if self._is_long() and self._end > self._told:
            self._found.append((self._told, self._end))

    def _is_long(self) -> bool:
        return bool(self._value) and self._end - self._first >= self._needed


def leading(data: bytes, value: bytes) -> int:
    """Return how often data says a value at its begin, without a break."""
    size, count, step = len(value), 0, 1
    while data.startswith(value * step, count * size):
        count, step = count + step, 2 * step
    while step := step // 2:
        count += step * data.startswith(value * step, count * size)
    return count


def trailing(data: bytes, value: bytes) -> int:
    """Return how often data says a value at its end, without a break."""
    size, end, count, step = len(value), len(data), 0, 1
    while data.endswith(value * step, 0, end - count * size):
        count, step = count + step, 2 * step
    while step := step // 2:
        count += step * data.endswith(value * step, 0, end - count * size)
    return count
