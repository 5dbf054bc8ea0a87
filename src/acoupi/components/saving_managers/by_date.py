"""Recordings in a folder for each day."""

import datetime as dt
import logging
from pathlib import Path
from uuid import UUID

from acoupi.components.saving_managers.base import BaseFileManager
from acoupi.components.saving_managers.filenames import render_filename
from acoupi.data import Deployment, Recording

__all__ = ["DateFileManager"]

DEFAULT_TEMPLATE = "{recording.created_on:%Y%m%d_%H%M%S}_{recording.id}.wav"
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SAMPLE = Recording(
    id=UUID(int=0),
    created_on=EPOCH,
    duration=1,
    samplerate=1,
    deployment=Deployment(id=UUID(int=0), name="sample", started_on=EPOCH),
)
"""What a template is tried on before there is a recording."""


class DateFileManager(BaseFileManager):
    """Keep recordings as ``YYYY/MM/DD/NAME``, by their UTC date.

    Parameters
    ----------
    directory
        The folder; it is made when it is needed.
    filename_template
        The name, with fields of ``recording`` and ``deployment`` in braces
        and the format specifications of Python. Times are UTC.
    logger
        Where to log, if not to this package's logger.

    Raises
    ------
    ParameterError
        If the template cannot be filled.
    """

    def __init__(
        self,
        directory: Path,
        filename_template: str = DEFAULT_TEMPLATE,
        logger: logging.Logger | None = None,
    ) -> None:
        super().__init__(directory, logger)
        self.filename_template = filename_template
        render_filename(filename_template, SAMPLE)

    def get_file_path(self, recording: Recording) -> Path:
        """Return the path of a recording, relative to the directory."""
        created_on = recording.created_on.astimezone(dt.UTC)
        recording = recording.model_copy(update={"created_on": created_on})
        return Path(f"{created_on:%Y/%m/%d}", render_filename(self.filename_template, recording))
