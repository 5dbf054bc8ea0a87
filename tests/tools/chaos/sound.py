"""WAV files, read by their headers alone."""

import struct
from pathlib import Path

__all__ = ["read_sound"]

RIFF_HEADER = struct.Struct("<4sI4s")
CHUNK = struct.Struct("<4sI")


def read_sound(path: Path) -> tuple[int, bytes]:
    """Return how long a WAV file says it is (bytes), and its samples.

    Raises
    ------
    ValueError
        If it is none, or shorter than it says.
    """
    content = path.read_bytes()
    if len(content) < RIFF_HEADER.size or content[:4] + content[8:12] != b"RIFFWAVE":
        raise ValueError("is not a WAV file")
    _, riff_bytes, _ = RIFF_HEADER.unpack_from(content)
    offset = RIFF_HEADER.size
    while offset + CHUNK.size <= len(content):
        name, size = CHUNK.unpack_from(content, offset)
        offset += CHUNK.size
        if name == b"data":
            if offset + size > len(content):
                raise ValueError(f"is cut short by {offset + size - len(content)} bytes")
            return riff_bytes + CHUNK.size, content[offset : offset + size]
        offset += size + size % 2
    raise ValueError("has no sound")
