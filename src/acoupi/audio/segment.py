"""One recording becoming a file: written aside, checked, and only then named."""

import contextlib
import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from acoupi._files import PART_SUFFIX, sync_directory
from acoupi.audio.chunks import other_chunks
from acoupi.audio.guano import build_metadata
from acoupi.audio.sieve import Sieve, Withheld, sift
from acoupi.audio.wav import WavFormat, complete_wav, open_wav, verify_wav, write_wav
from acoupi.data import Recording
from acoupi.errors import AcoupiError, DeviceError, RecordingError

__all__ = [
    "annotate",
    "finish_part",
    "salvage_part",
    "segment_name",
    "write_part",
    "write_sound",
    "write_what_comes",
]

logger = logging.getLogger(__name__)


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
    part: Path,
    format: WavFormat,
    frames: int,
    blocks: Iterable[bytes],
    metadata: bytes = b"",
    chunks: bytes = b"",
) -> None:
    """Write a whole, checked file that may say nothing of where its sound comes from.

    Raises
    ------
    RecordingError
        If it could not be written; nothing is left then.
    """
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        write_wav(part, format, frames, blocks, metadata, chunks)
        verify_wav(part, format, frames)
    except (OSError, AcoupiError) as error:
        _discard(part)
        raise _write_error(part, error) from error


def write_what_comes(
    part: Path,
    recording: Recording,
    format: WavFormat,
    frames: int,
    blocks: Iterable[bytes],
    sieves: Sequence[Sieve] = (),
) -> Recording:
    """Write as much of a recording as its source gives, and its sieves let through.

    Returns
    -------
    Recording
        With its true duration, which is shorter if the source failed midway or
        the disk became full.

    Raises
    ------
    DeviceError
        If nothing came, or it could not be written; nothing is left then.
    Withheld
        If a sieve lets nothing through; nothing is left then.
    """
    failure: list[DeviceError] = []
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        sifted = sift(sieves, format, recording, _until_failure(blocks, failure))
        write_wav(part, format, frames, sifted, build_metadata(recording))
    except Withheld:
        _discard(part)
        raise
    except (OSError, AcoupiError) as error:
        why = failure[0] if failure else error
        came = _came(part) if failure or isinstance(error, OSError) else 0
        if not came:
            _discard(part)
            raise _write_error(part, why) from error
        logger.warning("a recording was cut short: path=%s: %s", part, why)
        recording = recording.model_copy(update={"duration": came / format.rate_hz})
        _annotate_if_space(part, recording)
    verify_wav(part, format, round(recording.duration * format.rate_hz))
    return recording


def _came(part: Path) -> int:
    """Return how many frames of a part that was cut off can be kept."""
    try:
        return salvage_part(part)
    except OSError:
        return 0


def _annotate_if_space(part: Path, recording: Recording) -> None:
    """Write the true length into the metadata; the samples themselves tell it, too."""
    try:
        annotate(part, recording)
    except RecordingError as error:
        logger.warning("%s says that it is longer than it is: %s", part, error)


def salvage_part(part: Path) -> int:
    """Make a part that was cut off whole; return its frames, 0 if it has none and is removed."""
    try:
        return complete_wav(part)
    except DeviceError:
        _discard(part)
        return 0


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

    Its other chunks stay.

    Raises
    ------
    DeviceConfigurationError
        If the file is not a usable WAV file; it is left as it is.
    """
    wav = open_wav(path)
    part = path.with_name(path.name + PART_SUFFIX)
    blocks, others = wav.blocks(0, wav.frames), other_chunks(wav)
    write_sound(part, wav.format, wav.frames, blocks, build_metadata(recording), others)
    finish_part(part, path)


def _until_failure(blocks: Iterable[bytes], failure: list[DeviceError]) -> Iterator[bytes]:
    """Pass blocks on, and note why the source stopped early."""
    try:
        yield from blocks
    except DeviceError as error:
        failure.append(error)


def _write_error(part: Path, error: OSError | AcoupiError) -> AcoupiError:
    if isinstance(error, AcoupiError):
        return error
    return RecordingError(
        f"the recording could not be written to {part.parent}: {error.strerror or error}",
        help="check that the folder can be written and that there is space left",
    )


def _discard(part: Path) -> None:
    # The first error says more than what goes wrong in its wake.
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)
