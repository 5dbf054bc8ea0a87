"""Sound into FLAC and back, with the package ``soundfile``, which is an extra."""

import importlib
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from acoupi._files import make_directory, replacing, unused_path
from acoupi.audio.chunks import carried_blocks
from acoupi.audio.flac import (
    APPLICATION,
    COMMENTS,
    has_sound_of,
    open_flac,
    read_blocks,
    seek_block,
)
from acoupi.audio.narrow import Narrow, widen
from acoupi.audio.vorbis import comments_from_metadata
from acoupi.audio.wav import BLOCK_BYTES, WavFile, WavFormat
from acoupi.errors import ConfigurationError, DeviceError, RecordingError

__all__ = ["decode", "keep_as_flac", "load_soundfile"]

DEPTHS = {2: ("PCM_16", "int16"), 3: ("PCM_24", "int32")}
"""For the bytes of a sample, what it is called in the file, and in memory."""

MOST_HZ = 655_350
MOST_EXACT_HZ = 65_535
"""Higher rates can be told to ten Hz only."""

MOST_CHANNELS = 8
PADDING = 1
SYSTEM_ERROR = 2
BLOCK_HEADER_BYTES = 4


def load_soundfile() -> Any:
    """Import ``soundfile``.

    Raises
    ------
    ConfigurationError
        If it is not installed.
    """
    try:
        return importlib.import_module("soundfile")
    except (ImportError, OSError) as error:
        raise ConfigurationError(
            "recordings cannot be kept as FLAC: the package soundfile is not installed",
            help="install it with: pip install 'acoupi[flac]'; or keep them as they are: "
            "acoupi config set --field storage.recording_format wav",
        ) from error


def keep_as_flac(wav: WavFile, dest: Path, metadata: bytes) -> Path:
    """Make a FLAC file of a WAV file, so that a power cut leaves all of it or nothing.

    The file has its name only once it was decoded again and found to hold every
    sample and all metadata. Nothing is overwritten: a free name is taken.

    Returns
    -------
    Path
        Where it is. What an earlier try made is found again.

    Raises
    ------
    ConfigurationError
        If ``soundfile`` is not installed.
    RecordingError
        If FLAC cannot hold this sound or its metadata.
    OSError
        If there is no space.
    """
    soundfile = load_soundfile()
    _refuse_what_does_not_fit(wav)
    comments, carried = comments_from_metadata(metadata), carried_blocks(wav)
    blocks = b"".join(
        [_block(COMMENTS, comments), *(_block(APPLICATION, each) for each in carried)]
    )
    make_directory(dest.parent)
    final = unused_path(dest, lambda taken: not has_sound_of(taken, wav))
    if not final.exists():
        with replacing(final) as file, _errors_of(soundfile, wav.path):
            _encode(soundfile, wav, file.fileno(), len(blocks))
            _write_blocks(file.fileno(), blocks)
            _verify(Path(f"/proc/self/fd/{file.fileno()}"), wav, comments, carried)
    return final


def decode(path: Path, format: WavFormat, start: int, frames: int) -> Iterator[bytes]:
    """Decode a stretch of a file, in frames, a block at a time.

    Raises
    ------
    ConfigurationError
        If ``soundfile`` is not installed.
    RecordingError
        If the file is damaged.
    """
    soundfile = load_soundfile()
    _, dtype = DEPTHS.get(format.sample_bytes, DEPTHS[2])
    narrow = Narrow(0) if dtype == "int32" else bytes
    per_block = max(1, BLOCK_BYTES // format.frame_bytes)
    with _errors_of(soundfile, path), soundfile.SoundFile(os.fspath(path)) as file:
        file.seek(start)
        for first in range(0, frames, per_block):
            wanted = min(per_block, frames - first)
            block = narrow(bytes(file.buffer_read(wanted, dtype)))
            if len(block) < wanted * format.frame_bytes:
                raise RecordingError(f"{path} ends before all of its sound was decoded")
            yield block


def _refuse_what_does_not_fit(wav: WavFile) -> None:
    format = wav.format
    if format.sample_bytes not in DEPTHS:
        raise RecordingError(f"FLAC does not hold its samples of {8 * format.sample_bytes} bit")
    inexact = format.rate_hz > MOST_EXACT_HZ and format.rate_hz % 10
    if format.rate_hz > MOST_HZ or inexact or format.channels > MOST_CHANNELS:
        raise RecordingError(
            f"FLAC does not hold {format.channels} channel(s) at {format.rate_hz} Hz"
        )
    if not wav.frames:
        raise RecordingError("it has no sound")


def _encode(soundfile: Any, wav: WavFile, fd: int, block_bytes: int) -> None:
    subtype, dtype = DEPTHS[wav.format.sample_bytes]
    shape = (wav.format.rate_hz, wav.format.channels, subtype)
    with soundfile.SoundFile(fd, "w", *shape, format="FLAC", closefd=False) as file:
        # It knows comments of a few names only: this one makes room for ours, and for the rest.
        file.comment = "-" * (block_bytes + BLOCK_HEADER_BYTES)
        for block in wav.blocks(0, wav.frames):
            file.buffer_write(block if dtype == "int16" else widen(block), dtype)


def _block(kind: int, content: bytes) -> bytes:
    return bytes([kind]) + len(content).to_bytes(3) + content


def _write_blocks(fd: int, blocks: bytes) -> None:
    """Put blocks where room was made for them, and padding behind them."""
    with Path(f"/proc/self/fd/{fd}").open("rb") as file:
        place = seek_block(file, COMMENTS)
        if place is None or place[1] < len(blocks):
            raise RecordingError("the encoder made no room for the metadata")
        start, room = place[0] - BLOCK_HEADER_BYTES, place[1]
        file.seek(start)
        last = file.read(1)[0] & 0x80
    os.pwrite(fd, blocks + _block(last | PADDING, bytes(room - len(blocks))), start)


def _verify(path: Path, wav: WavFile, comments: bytes, carried: list[bytes]) -> None:
    """Read everything again, and compare."""
    flac = open_flac(path)
    if (flac.format, flac.frames) != (wav.format, wav.frames):
        raise RecordingError("what was encoded is not what was recorded")
    said = comments_from_metadata(flac.metadata or b"")
    if (said, read_blocks(path, APPLICATION)) != (comments, carried):
        raise RecordingError("what was encoded does not say what the recording said")
    pairs = zip(wav.blocks(0, wav.frames), flac.blocks(0, wav.frames), strict=True)
    if any(was != now for was, now in pairs) or not has_sound_of(path, wav):
        raise RecordingError("what was encoded does not decode to what was recorded")


@contextmanager
def _errors_of(soundfile: Any, path: Path) -> Generator[None]:
    """Tell what the library, or the file, is the matter with as an error of ours."""
    try:
        yield
    except soundfile.SoundFileError as error:
        if getattr(error, "code", None) == SYSTEM_ERROR:
            raise OSError(f"{path} cannot be encoded or decoded: is the disk full?") from error
        raise RecordingError(f"{path} cannot be encoded or decoded: {error}") from error
    except RecordingError:
        raise
    except DeviceError as error:
        raise RecordingError(error.message) from error
