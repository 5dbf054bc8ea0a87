"""Samples of 24 bit out of the words of 32 that some devices put them in."""

__all__ = ["Narrow"]


class Narrow:
    """Leaves out one byte of each word of four, wherever what comes is cut.

    Parameters
    ----------
    left_out
        Which one: 0 is the lowest.
    """

    def __init__(self, left_out: int) -> None:
        self.kept = [byte for byte in range(4) if byte != left_out]
        self._rest = b""

    def __call__(self, data: bytes) -> bytes:
        """Return the samples that are whole by now."""
        data = self._rest + data
        whole = len(data) // 4 * 4
        self._rest = data[whole:]
        samples = bytearray(whole // 4 * 3)
        for place, byte in enumerate(self.kept):
            samples[place::3] = data[byte:whole:4]
        return bytes(samples)
