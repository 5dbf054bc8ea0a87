"""Sound that is held back until it is known whether it is private."""

from collections.abc import Iterator, Sequence

from acoupi.audio.privacy.spans import Span
from acoupi.audio.wav import WavFormat

__all__ = ["Held", "overlaps", "silenced"]


class Held:
    """A queue of frames that may be written so far, or not."""

    def __init__(self, frame_bytes: int) -> None:
        self._frame_bytes = frame_bytes
        self._kept = bytearray()
        self.first = 0
        """The number of the first frame that is held."""

    @property
    def end(self) -> int:
        """The number of the first frame that has not come yet."""
        return self.first + len(self._kept) // self._frame_bytes

    def hold(self, block: bytes) -> None:
        """Take frames in."""
        self._kept += block

    def release(self, end: int) -> bytes:
        """Hand out the frames before one."""
        size = max(0, min(end, self.end) - self.first) * self._frame_bytes
        released = bytes(self._kept[:size])
        del self._kept[:size]
        self.first += size // self._frame_bytes
        return released


def overlaps(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    """Yield the parts of spans that lie within a stretch."""
    for span in spans:
        if span.start < end and span.end > start:
            yield Span(max(span.start, start), min(span.end, end))


def silenced(block: bytes, first: int, spans: Sequence[Span], format: WavFormat) -> bytes:
    """Return a block with silence where spans are.

    Parameters
    ----------
    block
        Whole frames.
    first
        The number of its first frame.
    spans, format
        Where, and of what.
    """
    size = format.frame_bytes
    silence = b"\x80" if format.sample_bytes == 1 else b"\0"
    found = list(overlaps(spans, first, first + len(block) // size))
    if not found:
        return block
    changed = bytearray(block)
    for start, end in found:
        changed[(start - first) * size : (end - first) * size] = silence * (end - start) * size
    return bytes(changed)
