"""Find recordings again whose file is not where their row says."""

import logging
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable
from uuid import UUID

from acoupi._clock import monotonic_s
from acoupi.audio.guano import read_identity
from acoupi.audio.sound import SUFFIXES
from acoupi.components.types import FILE_IS_GONE, ProcessingLog, Store
from acoupi.data import Recording

__all__ = ["KnowsFolders", "generate_missing_files_task"]

module_logger = logging.getLogger(__name__)

DISK_PATIENCE_S = 3600.0
"""How long a file may be missing on a disk, which may be mounted again."""

ALL = 1_000_000
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@runtime_checkable
class KnowsFolders(Protocol):
    """A store that can say which files should be in a folder."""

    def get_recordings_in(self, folder: Path) -> list[Recording]:
        """Return the recordings whose file should lie in a folder, oldest first."""
        ...


def generate_missing_files_task(
    store: Store,
    tmp_path: Path,
    kept_path: Path,
    logger: logging.Logger = module_logger,
    in_memory: bool = False,
) -> Callable[[], None]:
    """Build the task that accounts for recordings in ``tmp_path`` without a file.

    One that was moved to ``kept_path`` before its row was updated is found
    again there. What is gone, as sound in memory is after a power cut, is set
    aside, so that it is not tried for ever. A store that cannot say what
    should be in a folder is left alone.

    Parameters
    ----------
    store
        Where the rows are.
    tmp_path
        Where the files should be.
    kept_path
        Where files are moved to.
    logger
        Where it says what happened.
    in_memory
        Whether what is missing cannot come back.
    """
    patience_s = 0.0 if in_memory else DISK_PATIENCE_S
    return _Missing(store, tmp_path, kept_path, logger, patience_s).missing_files_task


@dataclass(frozen=True)
class _Missing:
    store: Store
    tmp_path: Path
    kept_path: Path
    logger: logging.Logger
    patience_s: float
    since_s: dict[UUID, float] = field(default_factory=dict[UUID, float])

    def missing_files_task(self) -> None:
        missing = [recording for recording in self.expected() if not _has_file(recording)]
        self.forget_all_but({recording.id for recording in missing})
        kept = _KeptFiles(self.kept_path) if missing else None
        for recording in missing:
            place = kept and kept.find(recording.id)
            if place:
                self.store.update_recording_path(recording, place)
                self.logger.warning("found recording %s again at %s", recording.id, place)
            elif self.is_gone(recording):
                self.lose(recording)

    def expected(self) -> list[Recording]:
        """Return what should be in the folder, as far as the store can tell."""
        if isinstance(self.store, KnowsFolders):
            return self.store.get_recordings_in(self.tmp_path)
        if isinstance(self.store, ProcessingLog):
            return self.store.get_unprocessed_recordings(ALL, folder=self.tmp_path)
        return []

    def is_gone(self, recording: Recording) -> bool:
        now_s = monotonic_s()
        return now_s - self.since_s.setdefault(recording.id, now_s) >= self.patience_s

    def lose(self, recording: Recording) -> None:
        if not self.is_still_expected(recording):
            return
        if isinstance(self.store, ProcessingLog):
            self.store.note_loss(recording)
        self.store.update_recording_path(recording, None)
        self.logger.error(
            "recording %s is lost: %s: %s", recording.id, FILE_IS_GONE, recording.path
        )

    def is_still_expected(self, recording: Recording) -> bool:
        """Ask again: the file may have been moved while we looked."""
        return any(
            now.path == recording.path for now, _ in self.store.get_recordings([recording.id])
        )

    def forget_all_but(self, missing: set[UUID]) -> None:
        for found in self.since_s.keys() - missing:
            del self.since_s[found]


class _KeptFiles:
    """Finds kept recordings by their ids; looks through the folder once, when asked."""

    def __init__(self, folder: Path) -> None:
        self._by_id: dict[UUID, Path] = {}
        self._unnamed: list[Path] = []
        for path in _files_below(folder):
            named = ID.search(path.name)
            if named:
                self._by_id[UUID(named.group())] = path
            else:
                self._unnamed.append(path)

    def find(self, id_: UUID) -> Path | None:
        """Return where a recording is; its own file says so if its name does not."""
        while id_ not in self._by_id and self._unnamed:
            path = self._unnamed.pop()
            identity = read_identity(path)
            if identity is not None:
                self._by_id.setdefault(identity.recording_id, path)
        return self._by_id.get(id_)


def _files_below(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder):
        yield from (Path(root, name) for name in names if name.endswith(SUFFIXES))


def _has_file(recording: Recording) -> bool:
    return recording.path is not None and recording.path.exists()
