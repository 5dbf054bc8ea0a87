"""Recordings sorted by what was found in them."""

import contextlib
import datetime as dt
import logging
from collections.abc import Iterable
from pathlib import Path

from acoupi.components.saving_managers.filenames import sanitize_filename
from acoupi.components.saving_managers.keeping import KeepingManager
from acoupi.data import ModelOutput, Recording

__all__ = ["SaveRecordingManager"]


class SaveRecordingManager(KeepingManager):
    """Keep recordings with sure, with possible and without results in folders of their own.

    The folders are made at once: people look for them before anything is kept.

    Parameters
    ----------
    dirpath
        For recordings that no model has looked at.
    dirpath_true
        For those with a detection that reaches ``detection_threshold``;
        by default ``true_detections`` in ``dirpath``.
    dirpath_false
        For those whose best detection only reaches ``saving_threshold``;
        by default ``false_detections`` in ``dirpath``.
    timeformat
        What a file's name begins with, from the recording's UTC time; the
        recording's id follows.
    detection_threshold, saving_threshold
        Scores. A recording that reaches neither has no place here: the next manager is
        asked, and without one it is let go.
    logger
        Where to log, if not to this package's logger.
    """

    def __init__(
        self,
        dirpath: Path,
        dirpath_true: Path | None = None,
        dirpath_false: Path | None = None,
        timeformat: str = "%Y%m%d_%H%M%S",
        detection_threshold: float = 0.6,
        saving_threshold: float = 0.3,
        logger: logging.Logger | None = None,
    ) -> None:
        self.dirpath = Path(dirpath)
        self.dirpath_true = Path(dirpath_true or self.dirpath / "true_detections")
        self.dirpath_false = Path(dirpath_false or self.dirpath / "false_detections")
        self.timeformat = timeformat
        self.detection_threshold = detection_threshold
        self.saving_threshold = saving_threshold
        self.logger = logger or logging.getLogger(__name__)
        for folder in (self.dirpath, self.dirpath_true, self.dirpath_false):
            with contextlib.suppress(OSError):  # saving says what is wrong with it
                folder.mkdir(parents=True, exist_ok=True)

    def get_saving_recording_path(self, model_outputs: list[ModelOutput] | None) -> Path | None:
        """Return the folder for a recording with these outputs, or None."""
        if not model_outputs:
            return self.dirpath
        best = max(_scores(model_outputs), default=float("-inf"))
        if best >= self.detection_threshold:
            return self.dirpath_true
        return self.dirpath_false if best >= self.saving_threshold else None

    def save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> Path | None:
        """Copy the file to its folder and return its path there, or None to leave it.

        The original is left to the caller, and nothing is overwritten.
        """
        folder = self.get_saving_recording_path(model_outputs)
        if folder is None:
            return None
        started = recording.created_on.astimezone(dt.UTC).strftime(self.timeformat)
        name = sanitize_filename(f"{started}_{recording.id}.wav")
        path = self.keep(recording, folder / name)
        self.logger.debug("recording %s kept as %s", recording.id, path)
        return path


def _scores(model_outputs: Iterable[ModelOutput]) -> Iterable[float]:
    return (d.detection_score for output in model_outputs for d in output.detections)
