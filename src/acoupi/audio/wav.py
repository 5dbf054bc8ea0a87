"""WAV files: what is in one, reading a stretch of it, and writing one in a single pass."""

import fcntl
import logging
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from acoupi.audio.floats import to_integers
from acoupi.audio.wav_format import FMT, PCM, WavFormat, unusable
from acoupi.audio.wav_header import CHUNK, WavHeader, read_header
from acoupi.errors import DeviceConfigurationError, RecordingError

__all__ = [
    "WavFile",
    "WavFormat",
    "complete_wav",
    "is_being_written",
    "open_foreign_wav",
    "open_wav",
    "refuse_loss",
    "verify_wav",
    "write_wav",
]

logger = logging.getLogger(__name__)

MAX_RIFF_BYTES = 0xFFFFFFFF
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class WavFile:
    """A WAV file whose chunks were looked up; the samples stay on the disk."""

    path: Path
    format: WavFormat
    frames: int
    data_offset: int
    metadata: bytes | None = None
    """What its ``guan`` chunk holds."""

    float_bytes: int = 0
    """Of a sample in the file, if it is a floating-point number; it is read as an integer."""

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
        size = self.format.channels * (self.float_bytes or self.format.sample_bytes)
        per_block = max(1, BLOCK_BYTES // size)
        with self.path.open("rb") as file:
            file.seek(self.data_offset + start * size)
            for first in range(0, frames, per_block):
                wanted = min(per_block, frames - first) * size
                block = file.read(wanted)
                if len(block) < wanted:
                    raise unusable(self.path, "it was cut short while it was read")
                yield to_integers(block, self.float_bytes) if self.float_bytes else block

    def read(self, start: int = 0, frames: int | None = None) -> bytes:
        """Read a stretch, in frames; by default to the end."""
        return b"".join(self.blocks(start, self.frames - start if frames is None else frames))


def open_wav(path: Path) -> WavFile:
    """Look up the format, the samples and the metadata of a whole WAV file of integers.

    Raises
    ------
    DeviceConfigurationError
        If the file cannot be read, is not such a file, or is cut short.
    """
    header = _read_header(path)
    if header.float_bytes:
        raise unusable(path, "its samples are floating-point numbers")
    if header.missing_bytes:
        raise unusable(path, f"it is cut short by {header.missing_bytes} bytes")
    return _file(path, header)


def open_foreign_wav(path: Path) -> WavFile:
    """Look up the same of a file that may be of floats, or end early.

    Of one that is cut short there is what there is, which is said once.

    Raises
    ------
    DeviceConfigurationError
        If the file cannot be read, is no WAV file, or none of its samples are there.
    """
    header = _read_header(path)
    wav = _file(path, header)
    if header.missing_bytes and not wav.frames:
        raise unusable(path, "it is cut short before the first sample")
    if header.missing_bytes:
        _warn_of_missing(path, header.missing_bytes)
    return wav


def refuse_loss(path: Path, duration_s: float) -> None:
    """Refuse a file that is cut short and was longer when its length was noted.

    Raises
    ------
    DeviceConfigurationError
        If it is, or cannot be read.
    """
    header = _read_header(path)
    if header.missing_bytes and _file(path, header).duration_s < duration_s:
        raise unusable(path, f"{header.missing_bytes} bytes of what was recorded are gone")


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
        wav = _file(path, read_header(path, file, path.stat().st_size))
        frames = wav.frames
        if frames < 1:
            raise unusable(path, "it was cut off before the first sample")
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


def _read_header(path: Path) -> WavHeader:
    try:
        if path.exists() and not path.is_file():
            raise unusable(path, "it is no file")
        with path.open("rb") as file:
            return read_header(path, file, path.stat().st_size)
    except OSError as error:
        raise unusable(path, error.strerror or str(error)) from error


def _file(path: Path, header: WavHeader) -> WavFile:
    format = header.format
    frames = header.data_bytes // (format.channels * (header.float_bytes or format.sample_bytes))
    return WavFile(path, format, frames, header.data_offset, header.metadata, header.float_bytes)


@lru_cache
def _warn_of_missing(path: Path, missing_bytes: int) -> None:
    logger.warning("%s is cut short by %d bytes: what is there is used", path, missing_bytes)
