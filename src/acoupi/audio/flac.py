"""FLAC files: what one says of itself, without decoding it."""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from acoupi.audio.vorbis import metadata_from_comments
from acoupi.audio.wav import WavFile, WavFormat
from acoupi.errors import DeviceConfigurationError

__all__ = [
    "APPLICATION",
    "COMMENTS",
    "FlacFile",
    "has_sound_of",
    "open_flac",
    "read_blocks",
    "seek_block",
]

MAGIC = b"fLaC"
STREAM_INFO, APPLICATION, COMMENTS = 0, 2, 4
STREAM_INFO_BYTES = 34
LAST = 0x80
MOST_BLOCKS = 2000
"""Before the sound, of a file that is not damaged."""


@dataclass(frozen=True)
class FlacFile:
    """A FLAC file whose first blocks were read; the samples stay on the disk."""

    path: Path
    format: WavFormat
    """Of its samples, once they are decoded: of 16 bit, or of 24 if it has more than 16."""

    frames: int
    md5: bytes
    """Of its samples, once they are decoded."""

    metadata: bytes | None = None
    """Its comments, as the ``guan`` chunk of a WAV file has them."""

    @property
    def duration_s(self) -> float:
        """Seconds that the file plays."""
        return self.frames / self.format.rate_hz

    def blocks(self, start: int, frames: int) -> Iterator[bytes]:
        """Decode a stretch, in frames, a block at a time.

        Raises
        ------
        ConfigurationError
            If what decodes it is not installed.
        RecordingError
            If it cannot be decoded.
        """
        from acoupi.audio.flac_codec import decode

        return decode(self.path, self.format, start, frames)

    def read(self, start: int = 0, frames: int | None = None) -> bytes:
        """Decode a stretch, in frames; by default to the end."""
        return b"".join(self.blocks(start, self.frames - start if frames is None else frames))


def open_flac(path: Path) -> FlacFile:
    """Look up the format, the length and the comments of a FLAC file.

    Raises
    ------
    DeviceConfigurationError
        If the file cannot be read, or does not begin as one.
    """
    try:
        with path.open("rb") as file:
            return _parse(path, file)
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error


def has_sound_of(path: Path, wav: WavFile) -> bool:
    """Tell whether a FLAC file was made of these samples, by the sum that its encoder made."""
    try:
        flac = open_flac(path)
    except DeviceConfigurationError:
        return False
    return (flac.format, flac.frames) == (wav.format, wav.frames) and flac.md5 == _md5(wav)


def seek_block(file: IO[bytes], kind: int) -> tuple[int, int] | None:
    """Go to the content of the first block of a kind, and return where it is and its size."""
    for found, offset, size in _blocks(file):
        if found == kind:
            file.seek(offset)
            return offset, size
    return None


def read_blocks(path: Path, kind: int) -> list[bytes]:
    """Return the contents of all blocks of a kind."""
    with path.open("rb") as file:
        return [_read(file, *place) for found, *place in _blocks(file) if found == kind]


def _parse(path: Path, file: IO[bytes]) -> FlacFile:
    if file.read(len(MAGIC)) != MAGIC:
        raise _unusable(path, "it does not begin as one")
    info = _block(file, STREAM_INFO)
    if len(info) != STREAM_INFO_BYTES:
        raise _unusable(path, "it does not say how its samples are laid out")
    (bits,) = struct.unpack_from(">Q", info, 10)
    rate_hz, channels, frames = bits >> 44, (bits >> 41 & 7) + 1, bits & (1 << 36) - 1
    format = WavFormat(rate_hz, channels, 2 if (bits >> 36 & 31) < 16 else 3)
    if not rate_hz:
        raise _unusable(path, "it has no sample rate")
    if not frames and _has_sound(path, file):
        raise _unusable(path, "it was written into a pipe, and does not say how long it is")
    metadata = metadata_from_comments(_block(file, COMMENTS))
    return FlacFile(path, format, frames, info[18:], metadata)


def _has_sound(path: Path, file: IO[bytes]) -> bool:
    """Tell whether anything follows the blocks before the sound."""
    _, offset, size = _blocks(file)[-1]
    return path.stat().st_size > offset + size


def _blocks(file: IO[bytes]) -> list[tuple[int, int, int]]:
    """Return the kind of each block before the sound, where its content begins, and its size."""
    blocks: list[tuple[int, int, int]] = []
    file.seek(len(MAGIC))
    while len(blocks) < MOST_BLOCKS and len(header := file.read(4)) == 4:
        size = int.from_bytes(header[1:])
        blocks.append((header[0] & ~LAST, file.tell(), size))
        if header[0] & LAST:
            break
        file.seek(size, 1)
    return blocks


def _read(file: IO[bytes], offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def _block(file: IO[bytes], kind: int) -> bytes:
    place = seek_block(file, kind)
    return b"" if place is None else file.read(place[1])


def _md5(wav: WavFile) -> bytes:
    sum = hashlib.md5(usedforsecurity=False)
    for block in wav.blocks(0, wav.frames):
        sum.update(block)
    return sum.digest()


def _unusable(path: Path, reason: str) -> DeviceConfigurationError:
    return DeviceConfigurationError(
        f"{path} cannot be used as a FLAC file: {reason}",
        help="give a whole FLAC file; ffmpeg makes one: ffmpeg -i OLD NEW.flac",
    )
