"""How a recording's file comes to where it is kept."""

import logging
from pathlib import Path
from typing import Literal

from acoupi._files import copy_durably
from acoupi.components.types import RecordingSavingManager
from acoupi.data import Recording
from acoupi.errors import ConfigurationError, DeviceError

__all__ = ["KeepingManager", "SavingFormat", "copy_recording"]

SavingFormat = Literal["wav", "flac"]
"""What kept recordings are: as they were recorded, or without loss in about half the space."""


class KeepingManager(RecordingSavingManager):
    """A manager that brings files to their places itself, in the format that is set."""

    logger: logging.Logger

    format: SavingFormat = "wav"
    """What the files it keeps are made."""

    def keep(self, recording: Recording, dest: Path) -> Path:
        """Bring the file to a place; the original is left to the caller.

        Returns
        -------
        Path
            Where it is now. With FLAC, the name ends with ``.flac``; what FLAC cannot
            hold stays WAV.
        """
        if self.format == "flac":
            try:
                return _encode_recording(recording, dest.with_suffix(".flac"))
            except (ConfigurationError, DeviceError) as error:
                self.logger.warning("recording %s stays a WAV file: %s", recording.id, error)
        return copy_recording(recording, dest)


def copy_recording(recording: Recording, dest: Path) -> Path:
    """Copy a recording's file durably, and return where the copy is."""
    return copy_durably(_file_of(recording), dest)


def _encode_recording(recording: Recording, dest: Path) -> Path:
    from acoupi.audio.flac_codec import keep_as_flac
    from acoupi.audio.guano import build_metadata
    from acoupi.audio.wav import open_wav

    wav = open_wav(_file_of(recording))
    return keep_as_flac(wav, dest, wav.metadata or build_metadata(recording))


def _file_of(recording: Recording) -> Path:
    if recording.path is None:
        raise ValueError(f"the recording {recording.id} has no file to keep")
    if not recording.path.is_file():
        raise FileNotFoundError(
            f"the file {recording.path} of the recording {recording.id} is not there"
        )
    return recording.path
