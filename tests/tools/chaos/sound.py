"""WAV files, read by their headers alone, and FLAC files, which others decode."""

import struct
from pathlib import Path

__all__ = ["read_sound"]

RIFF_HEADER = struct.Struct("<4sI4s")
CHUNK = struct.Struct("<4sI")


def read_sound(path: Path) -> tuple[int, bytes]:
    """Return how long a file says it is (bytes; FLAC does not say), and its samples of 16 bit.

    Raises
    ------
    ValueError
        If it is none, or shorter than it says.
    """
    if path.suffix == ".flac":
        return path.stat().st_size, _decode(path)
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


def _decode(path: Path) -> bytes:
    import soundfile

    try:
        with soundfile.SoundFile(str(path)) as file:
            sound = bytes(file.buffer_read(dtype="int16"))
            promised = 2 * file.frames * file.channels
    except soundfile.SoundFileError as error:
        raise ValueError(f"cannot be decoded: {error}") from error
    if len(sound) < promised:
        raise ValueError(f"is cut short by {promised - len(sound)} bytes of sound")
    return sound
