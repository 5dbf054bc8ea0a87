"""The sound files that wait until it is decided what to keep."""

import logging
from pathlib import Path
from uuid import UUID

from acoupi._files import move_durably
from acoupi._home import home_dir, temp_audio_dir
from acoupi.data import Recording
from acoupi.errors import ParameterError

__all__ = [
    "delete_recording",
    "get_temp_dir",
    "get_temp_file_id",
    "get_temp_files",
    "move_recording",
]

UUID_LENGTH = 36


def get_temp_dir(in_memory: bool = True) -> Path:
    """Return the folder where new recordings wait, in memory or on the card."""
    return temp_audio_dir() if in_memory else home_dir() / "tmp"


def get_temp_files(path: Path | None = None) -> list[Path]:
    """Return the sound files below a folder, by name; that of ``get_temp_dir`` if None."""
    return sorted((path or get_temp_dir()).rglob("*.wav"))


def get_temp_file_id(path: Path) -> UUID:
    """Return the id of the recording a file belongs to, from the end of its name."""
    try:
        return UUID(path.stem[-UUID_LENGTH:])
    except ValueError as error:
        raise ParameterError(
            path,
            f"the file {path} is not named after a recording",
            help="names end in the recording's id",
        ) from error


def move_recording(
    recording: Recording, dest: Path, logger: logging.Logger | None = None
) -> Path | None:
    """Move a recording's file so that a power cut loses none of it.

    Returns
    -------
    Path or None
        Where the file is now; None if the recording has no file.
    """
    logger = logger or logging.getLogger(__name__)
    if recording.path is None or not recording.path.exists():
        logger.error("recording has no file to move: id=%s path=%s", recording.id, recording.path)
        return None
    return move_durably(recording.path, dest, before_unlink=lambda _: None)


def delete_recording(recording: Recording) -> None:
    """Delete a recording's file, if it has one."""
    if recording.path is not None:
        recording.path.unlink(missing_ok=True)
