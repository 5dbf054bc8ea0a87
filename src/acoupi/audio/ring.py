"""The latest stretch of an endless stream of bytes."""

__all__ = ["Ring"]


class Ring:
    """Keeps the last ``capacity`` bytes, addressed by their place in the whole stream."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.end = 0
        """How many bytes were ever written."""
        self._bytes = bytearray(capacity)

    @property
    def start(self) -> int:
        """Place of the oldest byte that is still there."""
        return max(0, self.end - self.capacity)

    def write(self, data: bytes) -> None:
        """Append; the oldest bytes make room."""
        kept = data[-self.capacity :]
        place = (self.end + len(data) - len(kept)) % self.capacity
        first = min(len(kept), self.capacity - place)
        self._bytes[place : place + first] = kept[:first]
        self._bytes[: len(kept) - first] = kept[first:]
        self.end += len(data)

    def read(self, start: int, size: int) -> bytes:
        """Return ``size`` bytes from a place on.

        Raises
        ------
        IndexError
            If some of them are gone, or not there yet.
        """
        if start < self.start or start + size > self.end:
            raise IndexError(f"bytes {start} to {start + size} of {self.start} to {self.end}")
        place = start % self.capacity
        first = self._bytes[place : place + size]
        return bytes(first + self._bytes[: size - len(first)])
