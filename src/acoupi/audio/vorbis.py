"""GUANO metadata as Vorbis comments, which is what a FLAC file can say of itself.

A line ``Key: value`` becomes the comment ``Key=value``.
"""

import struct
from collections.abc import Iterator

from acoupi.errors import RecordingError

__all__ = ["comments_from_metadata", "metadata_from_comments"]

VENDOR = b"acoupi"
SIZE = struct.Struct("<I")
BLANKS = " \t\r\n\0"


def comments_from_metadata(metadata: bytes) -> bytes:
    """Return the content of a block of comments.

    Raises
    ------
    RecordingError
        If the metadata has a line that no comment can hold.
    """
    try:
        lines = metadata.decode().split("\n")
    except UnicodeDecodeError as error:
        raise RecordingError("its metadata is not UTF-8") from error
    comments = [_comment(line.strip(BLANKS)) for line in lines if line.strip(BLANKS)]
    return _sized(VENDOR) + SIZE.pack(len(comments)) + b"".join(map(_sized, comments))


def metadata_from_comments(content: bytes) -> bytes | None:
    """Return what a block of comments says, as GUANO text; None if it says nothing."""
    try:
        lines = [comment.decode().replace("=", ": ", 1) for comment in _comments(content)]
    except (struct.error, UnicodeDecodeError):
        return None
    return "\n".join(lines).encode() or None


def _comment(line: str) -> bytes:
    key, colon, value = line.partition(":")
    key = key.strip(BLANKS)
    if not colon or not key or any(not " " <= char <= "}" or char == "=" for char in key):
        raise RecordingError(f"FLAC cannot hold the line {line!r} of its metadata")
    return f"{key}={value.strip(BLANKS)}".encode()


def _sized(text: bytes) -> bytes:
    return SIZE.pack(len(text)) + text


def _comments(content: bytes) -> Iterator[bytes]:
    (vendor_bytes,) = SIZE.unpack_from(content)
    offset = SIZE.size + vendor_bytes
    (count,) = SIZE.unpack_from(content, offset)
    for _ in range(count):
        offset += SIZE.size
        (size,) = SIZE.unpack_from(content, offset)
        yield content[offset + SIZE.size : offset + SIZE.size + size]
        offset += size
