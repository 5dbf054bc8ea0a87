"""How the samples of a WAV file are laid out, and what it says of that itself."""

import struct
from dataclasses import dataclass
from pathlib import Path

from acoupi.errors import DeviceConfigurationError

__all__ = ["FMT", "MOST_FORMAT_BYTES", "PCM", "WavFormat", "parse_format", "unusable"]

PCM = 1
FLOAT = 3
EXTENSIBLE = 0xFFFE
BITS = {PCM: (8, 16, 24, 32), FLOAT: (32, 64)}
FMT = struct.Struct("<HHIIHH")
MOST_FORMAT_BYTES = 40

MOST_HZ = 2_000_000
MOST_CHANNELS = 256
"""What says more is damaged, and would take all memory."""

FLOATS_BECOME_BYTES = 4


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


def parse_format(path: Path, content: bytes) -> tuple[WavFormat, int]:
    """Read a ``fmt`` chunk.

    Returns
    -------
    tuple[WavFormat, int]
        How samples are laid out once they are read, and how many bytes one takes in
        the file if it is a floating-point number, 0 if it is an integer.

    Raises
    ------
    DeviceConfigurationError
        If acoupi cannot read such samples.
    """
    if len(content) < FMT.size:
        raise unusable(path, "its format is cut short")
    tag, channels, rate_hz, _, frame_bytes, bits = FMT.unpack_from(content)
    if tag == EXTENSIBLE and len(content) >= 26:
        tag = int.from_bytes(content[24:26], "little")
    if tag not in BITS:
        raise unusable(path, f"its samples are not PCM (format {tag})")
    possible = 0 < channels <= MOST_CHANNELS and 0 < rate_hz <= MOST_HZ
    if bits not in BITS[tag] or not possible:
        raise unusable(path, f"{bits} bit, {channels} channels at {rate_hz} Hz make no sense")
    if frame_bytes != channels * bits // 8:
        raise unusable(path, f"its frames of {frame_bytes} bytes do not fit its format")
    if tag == FLOAT:
        return WavFormat(rate_hz, channels, FLOATS_BECOME_BYTES), bits // 8
    return WavFormat(rate_hz, channels, bits // 8), 0


def unusable(path: Path, reason: str) -> DeviceConfigurationError:
    """Tell that a file cannot be used, and how to have one that can."""
    return DeviceConfigurationError(
        f"{path} cannot be used as a WAV file: {reason}",
        help="give a whole WAV file of integers of 8 to 32 bit or of floats; "
        "ffmpeg makes one: ffmpeg -i OLD -c:a pcm_s16le NEW.wav",
    )
