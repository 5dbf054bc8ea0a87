"""One recording becoming a file: written aside, checked, and only then named."""

import contextlib
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from acoupi._files import PART_SUFFIX, sync_directory
from acoupi.audio.guano import build_metadata
from acoupi.audio.wav import WavFormat, open_wav, verify_wav, write_wav
from acoupi.data import Recording
from acoupi.errors import AcoupiError, RecordingError

__all__ = ["annotate", "finish_part", "segment_name", "write_part", "write_sound"]


def segment_name(recording: Recording) -> str:
    """Return the name of a recording's file: its first instant in UTC, and its id."""
    return f"{recording.created_on.astimezone(dt.UTC):%Y%m%d_%H%M%S}_{recording.id}.wav"


def write_part(
    part: Path, recording: Recording, format: WavFormat, frames: int, blocks: Iterable[bytes]
) -> None:
    """Write a whole, checked file under a name that nobody takes for a recording.

    Raises
    ------
    RecordingError
        If it could not be written; nothing is left then.
    """
    write_sound(part, format, frames, blocks, build_metadata(recording))


def write_sound(
    part: Path, format: WavFormat, frames: int, blocks: Iterable[bytes], metadata: bytes = b""
) -> None:
    """Write a whole, checked file that may say nothing of where its sound comes from.

    Raises
    ------
    RecordingError
        If it could not be written; nothing is left then.
    """
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        write_wav(part, format, frames, blocks, metadata)
        verify_wav(part, format, frames)
    except (OSError, AcoupiError) as error:
        _discard(part)
        if isinstance(error, AcoupiError):
            raise
        raise RecordingError(
            f"the recording could not be written to {part.parent}: {error.strerror or error}",
            help="check that the folder can be written and that there is space left",
        ) from error


def finish_part(part: Path, final: Path) -> None:
    """Give a written part its name, so that both survive a power cut.

    Raises
    ------
    RecordingError
        If that fails; the part is then still there.
    """
    try:
        part.replace(final)
        sync_directory(final.parent)
    except OSError as error:
        raise RecordingError(f"{part} cannot be named {final.name}: {error.strerror}") from error


def annotate(path: Path, recording: Recording) -> None:
    """Write what is known of a recording into a WAV file that is there already.

    Raises
    ------
    DeviceConfigurationError
        If the file is not a usable WAV file; it is left as it is.
    """
    wav = open_wav(path)
    part = path.with_name(path.name + PART_SUFFIX)
    write_part(part, recording, wav.format, wav.frames, wav.blocks(0, wav.frames))
    finish_part(part, path)


def _discard(part: Path) -> None:
    # The first error says more than what goes wrong in its wake.
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)
