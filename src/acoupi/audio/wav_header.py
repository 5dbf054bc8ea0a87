"""What stands in a WAV file around its samples, whatever wrote it."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from acoupi.audio.wav_format import MOST_FORMAT_BYTES, WavFormat, parse_format, unusable

__all__ = ["CHUNK", "WavHeader", "find_chunks", "read_header"]

CHUNK = struct.Struct("<4sI")
DS64 = struct.Struct("<QQ")
START_BYTES = 12

STARTS = (b"RIFF", b"RF64", b"BW64")
"""The latter two hold more than 4 GiB, and say in ``ds64`` how much."""

IN_DS64 = 0xFFFFFFFF
UNKNOWN = (range(0x7FFF0000, 0x80000001), range(0xFFFF0000, 1 << 32), ((1 << 64) - 1,))
"""Sizes that ``sox``, ``arecord`` and ``ffmpeg`` write into a pipe, where they cannot know."""

NAMES = (b"fmt ", b"data", b"fact", b"LIST", b"guan", b"wamd", b"bext", b"PEAK", b"cue ", b"iXML")
"""Chunks that are known when they come a byte early, after one of odd size without its pad."""

MOST_CHUNKS = 1000
MOST_METADATA_BYTES = 1 << 20

Chunk = tuple[bytes, int, int]


@dataclass(frozen=True)
class WavHeader:
    """What a file says of its samples, as far as that is true."""

    format: WavFormat
    float_bytes: int
    """Of a sample in the file, if it is a floating-point number; 0: it is an integer."""

    data_offset: int
    data_bytes: int
    """As many as are there."""

    missing_bytes: int
    metadata: bytes | None


def find_chunks(path: Path) -> list[Chunk]:
    """Return the name of each whole chunk of a file, where its content begins, and its size."""
    with path.open("rb") as file:
        end = path.stat().st_size
        return [chunk for chunk in _chunks(path, file, end) if chunk[1] + chunk[2] <= end]


def read_header(path: Path, file: IO[bytes], file_bytes: int) -> WavHeader:
    """Look up where the samples are and what they are.

    Chunks that are not needed are skipped, wherever they are.

    Raises
    ------
    DeviceConfigurationError
        If it is not a WAV file that acoupi can read.
    """
    riff, riff_bytes = _start(file)
    if riff not in STARTS:
        raise unusable(path, "it does not begin as one")
    found: dict[bytes, Chunk] = {}
    for chunk in _chunks(path, file, file_bytes):
        found.setdefault(chunk[0], chunk)
    if b"fmt " not in found or b"data" not in found:
        raise unusable(path, f"it has no {'samples' if b'fmt ' in found else 'format'}")
    format, float_bytes = parse_format(path, _content(file, found[b"fmt "], MOST_FORMAT_BYTES))
    if b"ds64" in found:
        riff_bytes, _ = _large_sizes(file, found[b"ds64"])
    _, offset, size = found[b"data"]
    there, missing = _sound_bytes(size, offset, riff_bytes, file_bytes)
    return WavHeader(format, float_bytes, offset, there, missing, _metadata(file, found))


def _start(file: IO[bytes]) -> tuple[bytes, int]:
    """Return how a file begins, if it goes on as a WAV file, and how long it says it is."""
    start = file.read(START_BYTES)
    if start[CHUNK.size :] != b"WAVE":
        return b"", 0
    return CHUNK.unpack_from(start)


def _chunks(path: Path, file: IO[bytes], file_bytes: int) -> Iterator[Chunk]:
    """Go through the chunks, up to where there are none any more."""
    offset, seen, sound_bytes = START_BYTES, 0, IN_DS64
    while offset + CHUNK.size <= file_bytes:
        file.seek(offset)
        name, size = CHUNK.unpack(file.read(CHUNK.size))
        if not all(0x20 <= letter < 0x7F for letter in name):
            return
        if seen == MOST_CHUNKS:
            raise unusable(path, f"it is in more than {MOST_CHUNKS} parts")
        seen, chunk = seen + 1, (name, offset + CHUNK.size, size)
        if name == b"ds64":
            _, sound_bytes = _large_sizes(file, chunk)
        elif name == b"data" and size == IN_DS64:
            chunk = name, chunk[1], sound_bytes
        yield chunk
        offset = _after(file, chunk, file_bytes)


def _after(file: IO[bytes], chunk: Chunk, file_bytes: int) -> int:
    """Return where the next chunk begins; some tools leave out the pad after an odd one."""
    _, offset, size = chunk
    file.seek(end := min(offset + size, file_bytes))
    return end + (size % 2 if file.read(4) not in NAMES else 0)


def _large_sizes(file: IO[bytes], chunk: Chunk) -> tuple[int, int]:
    """Return the size of the file, without its first 8 bytes, and that of the samples."""
    content = _content(file, chunk, DS64.size)
    return DS64.unpack(content.ljust(DS64.size, b"\xff"))


def _sound_bytes(size: int, offset: int, riff_bytes: int, file_bytes: int) -> tuple[int, int]:
    """Return how many bytes of sound there are, and how many of those promised are missing."""
    there = file_bytes - offset
    is_unfinished = _is_unknown(riff_bytes) or CHUNK.size + riff_bytes <= offset
    if (size > there and _is_unknown(size)) or (not size and is_unfinished):
        return there, 0
    return min(size, there), max(0, size - there)


def _is_unknown(size: int) -> bool:
    return any(size in sizes for sizes in UNKNOWN)


def _metadata(file: IO[bytes], found: dict[bytes, Chunk]) -> bytes | None:
    """Return the GUANO metadata; none if it is absurdly long, or cut: half a number is another."""
    chunk = found.get(b"guan")
    if chunk is None or chunk[2] > MOST_METADATA_BYTES:
        return None
    content = _content(file, chunk, MOST_METADATA_BYTES)
    return content if len(content) == chunk[2] else None


def _content(file: IO[bytes], chunk: Chunk, most_bytes: int) -> bytes:
    _, offset, size = chunk
    file.seek(offset)
    return file.read(min(size, most_bytes))
