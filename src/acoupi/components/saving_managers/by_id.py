"""Recordings in one folder, named by their id."""

from pathlib import Path

from acoupi.components.saving_managers.base import BaseFileManager
from acoupi.data import Recording

__all__ = ["IDFileManager"]


class IDFileManager(BaseFileManager):
    """Keep recordings as ``ID.wav``."""

    def get_file_path(self, recording: Recording) -> Path:
        """Return the path of a recording, relative to the directory."""
        return Path(f"{recording.id}.wav")
