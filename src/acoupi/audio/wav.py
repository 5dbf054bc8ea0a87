"""WAV files: what is in one, reading a stretch of it, and writing one in a single pass."""

import fcntl
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from acoupi.errors import DeviceConfigurationError, RecordingError

__all__ = [
    "WavFile",
    "WavFormat",
    "complete_wav",
    "find_chunks",
    "is_being_written",
    "open_wav",
    "verify_wav",
    "write_wav",
]

PCM = 1
EXTENSIBLE = 0xFFFE
CHUNK = struct.Struct("<4sI")
FMT = struct.Struct("<HHIIHH")
MAX_RIFF_BYTES = 0xFFFFFFFF
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class WavFormat:
    """How the samples of a PCM WAV file are laid out."""

    rate_hz: int
    channels: int
    sample_bytes: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample on all channels."""
        return self.channels * self.sample_bytes


@dataclass(frozen=True)
class WavFile:
    """A WAV file whose chunks were looked up; the samples stay on the disk."""

    path: Path
    format: WavFormat
    frames: int
    data_offset: int
    metadata: bytes | None = None
    """What its ``guan`` chunk holds."""

    @property
    def duration_s(self) -> float:
        """Seconds that the file plays."""
        return self.frames / self.format.rate_hz

    def blocks(self, start: int, frames: int) -> Iterator[bytes]:
        """Read a stretch, in frames, a block at a time.

        Raises
        ------
        DeviceConfigurationError
            If the file has become shorter since it was opened.
        """
        size = self.format.frame_bytes
        per_block = max(1, BLOCK_BYTES // size)
        with self.path.open("rb") as file:
            file.seek(self.data_offset + start * size)
            for first in range(0, frames, per_block):
                wanted = min(per_block, frames - first) * size
                block = file.read(wanted)
                if len(block) < wanted:
                    raise _unusable(self.path, "it was cut short while it was read")
                yield block

    def read(self, start: int = 0, frames: int | None = None) -> bytes:
        """Read a stretch, in frames; by default to the end."""
        return b"".join(self.blocks(start, self.frames - start if frames is None else frames))


def open_wav(path: Path) -> WavFile:
    """Look up the format, the samples and the metadata of a PCM WAV file.

    Chunks that are not needed are skipped, wherever they are.

    Raises
    ------
    DeviceConfigurationError
        If the file cannot be read, is not a PCM WAV file, or is cut short.
    """
    try:
        with path.open("rb") as file:
            return _parse(path, file, path.stat().st_size)
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error


def find_chunks(path: Path) -> list[tuple[bytes, int, int]]:
    """Return the name of each whole chunk of a file, where its content begins, and its size."""
    with path.open("rb") as file:
        end = path.stat().st_size
        return [chunk for chunk in _chunks(file, end) if chunk[1] + chunk[2] <= end]


def write_wav(
    path: Path,
    format: WavFormat,
    frames: int,
    blocks: Iterable[bytes],
    metadata: bytes = b"",
    chunks: bytes = b"",
) -> None:
    """Write header, metadata and samples in one pass, and wait until the disk has them.

    The metadata comes first: a file that is cut off still says what it is.

    Parameters
    ----------
    path
        The file to make; one that is there is replaced.
    format, frames
        What the header promises.
    blocks
        The samples, little-endian and interleaved, exactly as many as promised.
    metadata
        For the ``guan`` chunk.
    chunks
        Others, as they are.

    Raises
    ------
    RecordingError
        If the samples are not as many as promised, or too many for a WAV file.
    """
    data_bytes = frames * format.frame_bytes
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(_header(path, format, data_bytes, metadata, chunks))
        written = sum(file.write(block) for block in blocks)
        if written != data_bytes:
            raise RecordingError(f"{path} got {written} bytes of sound instead of {data_bytes}")
        file.write(b"\0" * (written % 2))
        file.flush()
        os.fsync(file.fileno())


def is_being_written(path: Path) -> bool:
    """Tell whether a living process is writing the file."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def complete_wav(path: Path) -> int:
    """Make a file that was cut off while it was written a whole one.

    Returns
    -------
    int
        How many frames it holds now.

    Raises
    ------
    DeviceConfigurationError
        If the cut came before the first frame.
    """
    with path.open("r+b") as file:
        file_bytes = path.stat().st_size
        wav = _parse(path, file, file_bytes, cut_off=True)
        frames = min(wav.frames, (file_bytes - wav.data_offset) // wav.format.frame_bytes)
        if frames < 1:
            raise _unusable(path, "it was cut off before the first sample")
        data_bytes = frames * wav.format.frame_bytes
        end = wav.data_offset + _padded(data_bytes)
        file.truncate(wav.data_offset + data_bytes)
        file.truncate(end)  # which pads what is odd
        for offset, size in ((4, end - 8), (wav.data_offset - 4, data_bytes)):
            file.seek(offset)
            file.write(struct.pack("<I", size))
        file.flush()
        os.fsync(file.fileno())
    return frames


def verify_wav(path: Path, format: WavFormat, frames: int) -> None:
    """Open a file again and compare it with what it should be.

    Raises
    ------
    RecordingError
        If it is anything else.
    """
    try:
        found = open_wav(path)
    except DeviceConfigurationError as error:
        raise RecordingError(f"what was written to {path} cannot be read again") from error
    if (found.format, found.frames) != (format, frames):
        raise RecordingError(f"{path} holds {found.frames} frames after {frames} were written")


def _header(
    path: Path, format: WavFormat, data_bytes: int, metadata: bytes, others: bytes
) -> bytes:
    fmt = FMT.pack(
        PCM,
        format.channels,
        format.rate_hz,
        format.rate_hz * format.frame_bytes,
        format.frame_bytes,
        format.sample_bytes * 8,
    )
    described = _chunk(b"guan", metadata) if metadata else b""
    chunks = _chunk(b"fmt ", fmt) + described + others
    riff_bytes = 4 + len(chunks) + CHUNK.size + _padded(data_bytes)
    if riff_bytes > MAX_RIFF_BYTES:
        raise RecordingError(f"{path} would be larger than a WAV file can be (4 GiB)")
    start = CHUNK.pack(b"RIFF", riff_bytes) + b"WAVE"
    return start + chunks + CHUNK.pack(b"data", data_bytes)


def _chunk(name: bytes, content: bytes) -> bytes:
    return CHUNK.pack(name, len(content)) + content + b"\0" * (len(content) % 2)


def _padded(size: int) -> int:
    return size + size % 2


def _parse(path: Path, file: IO[bytes], file_bytes: int, cut_off: bool = False) -> WavFile:
    riff = file.read(12)
    if riff[:4] != b"RIFF" or riff[8:] != b"WAVE":
        raise _unusable(path, "it does not begin as one")
    format: WavFormat | None = None
    data: tuple[int, int] | None = None
    metadata: bytes | None = None
    for name, offset, size in _chunks(file, file_bytes):
        if name == b"fmt ":
            format = _format(path, file.read(size))
        elif name == b"data" and data is None:
            data = offset, size
        elif name == b"guan":
            metadata = file.read(size)
    if format is None or data is None:
        raise _unusable(path, f"it has no {'format' if format is None else 'samples'}")
    offset, size = data
    if offset + size > file_bytes and not cut_off:
        raise _unusable(path, f"it is cut short by {offset + size - file_bytes} bytes")
    return WavFile(path, format, size // format.frame_bytes, offset, metadata)


def _chunks(file: IO[bytes], file_bytes: int) -> Iterator[tuple[bytes, int, int]]:
    """Go through the chunks, leaving the file at the start of each one's content."""
    offset = 12
    while offset + CHUNK.size <= file_bytes:
        file.seek(offset)
        name, size = CHUNK.unpack(file.read(CHUNK.size))
        yield name, offset + CHUNK.size, size
        offset += CHUNK.size + _padded(size)


def _format(path: Path, content: bytes) -> WavFormat:
    if len(content) < FMT.size:
        raise _unusable(path, "its format is cut short")
    tag, channels, rate_hz, _, frame_bytes, bits = FMT.unpack_from(content)
    if tag == EXTENSIBLE and len(content) >= 26:
        tag = int.from_bytes(content[24:26], "little")
    if tag != PCM:
        raise _unusable(path, f"its samples are not PCM (format {tag})")
    if bits not in (8, 16, 24, 32) or not channels or not rate_hz:
        raise _unusable(path, f"{bits} bit, {channels} channels at {rate_hz} Hz make no sense")
    if frame_bytes != channels * bits // 8:
        raise _unusable(path, f"its frames of {frame_bytes} bytes do not fit its format")
    return WavFormat(rate_hz, channels, bits // 8)


def _unusable(path: Path, reason: str) -> DeviceConfigurationError:
    return DeviceConfigurationError(
        f"{path} cannot be used as a WAV file: {reason}",
        help="give a whole WAV file of 8, 16, 24 or 32 bit PCM samples",
    )
