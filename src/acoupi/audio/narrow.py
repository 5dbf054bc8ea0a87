"""Samples of 24 bit out of the words of 32 that some devices put them in."""

__all__ = ["Narrow", "widen"]


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


def widen(samples: bytes) -> bytes:
    """Put samples of 24 bit into the upper part of words of 32."""
    words = bytearray(len(samples) // 3 * 4)
    for byte in range(3):
        words[byte + 1 :: 4] = samples[byte::3]
    return bytes(words)
