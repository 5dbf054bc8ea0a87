"""What a WAV file holds beside its samples, and how a FLAC file carries that along.

FLAC's own tools know this form: ``flac -d --keep-foreign-metadata`` makes a WAV
file with the same chunks again.
"""

from typing import IO

from acoupi.audio.wav import WavFile
from acoupi.audio.wav_header import find_chunks
from acoupi.errors import RecordingError

__all__ = ["carried_blocks", "other_chunks"]

APPLICATION_ID = b"riff"
KNOWN = (b"fmt ", b"guan", b"data")
RIFF_HEADER_BYTES = 12
CHUNK_HEADER_BYTES = 8
MOST_BYTES = 1 << 20


def other_chunks(wav: WavFile) -> bytes:
    """Return the chunks that are neither format, nor GUANO metadata, nor samples."""
    chunks = find_chunks(wav.path)
    with wav.path.open("rb") as file:
        return b"".join(_content(file, *chunk) for chunk in chunks if chunk[0] not in KNOWN)


def carried_blocks(wav: WavFile) -> list[bytes]:
    """Return what is needed beside the samples to make the file again, for blocks of FLAC.

    Raises
    ------
    RecordingError
        If it is too large to be held.
    """
    chunks = find_chunks(wav.path)
    if sum(size for name, _, size in chunks if name != b"data") > MOST_BYTES:
        raise RecordingError("FLAC does not hold as much beside the sound as there is")
    with wav.path.open("rb") as file:
        parts = [file.read(RIFF_HEADER_BYTES), *(_content(file, *chunk) for chunk in chunks)]
    return [APPLICATION_ID + part for part in parts]


def _content(file: IO[bytes], name: bytes, offset: int, size: int) -> bytes:
    """Read a chunk whole; of samples, only what comes before them."""
    file.seek(offset - CHUNK_HEADER_BYTES)
    return file.read(CHUNK_HEADER_BYTES + (0 if name == b"data" else size + size % 2))
