"""What all managers that keep files have in common."""

import logging
from abc import abstractmethod
from pathlib import Path

from acoupi.components.saving_managers.keeping import KeepingManager, copy_recording
from acoupi.data import ModelOutput, Recording

__all__ = ["BaseFileManager", "copy_recording"]


class BaseFileManager(KeepingManager):
    """Keep recordings below one directory.

    Derive from it and say in :meth:`get_file_path` where.

    Parameters
    ----------
    directory
        The folder; it is made when it is needed.
    logger
        Where to log, if not to this package's logger.
    """

    def __init__(self, directory: Path, logger: logging.Logger | None = None) -> None:
        self.directory = Path(directory)
        self.logger = logger or logging.getLogger(__name__)

    @abstractmethod
    def get_file_path(self, recording: Recording) -> Path:
        """Return where a recording belongs, relative to the directory."""

    def save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> Path:
        """Copy the file to its place, and return that.

        The copy is whole and on the disk when this returns. The original is
        left to the caller, who removes it once the new path is stored. What is
        at the place already is never overwritten: another name beside it is taken.

        Raises
        ------
        ValueError
            If the recording has no file.
        FileNotFoundError
            If its file is not there.
        """
        path = self.keep(recording, self.directory / self.get_file_path(recording))
        self.logger.debug("recording %s kept as %s", recording.id, path)
        return path
