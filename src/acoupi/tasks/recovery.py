"""Find files again that a cut left without a row, or with a stale one."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from acoupi._clock import utc_now
from acoupi._files import PART_SUFFIX, move_durably
from acoupi.audio.guano import RecordingIdentity, read_identity
from acoupi.audio.segment import annotate, finish_part, salvage_part
from acoupi.audio.wav import is_being_written
from acoupi.components.types import FILE_IS_GONE, ProcessingLog, Store
from acoupi.data import Deployment, Recording

__all__ = ["generate_recovery_task"]

module_logger = logging.getLogger(__name__)

UNKNOWN_FILE_AGE_S = 3600.0
"""A file that says nothing about itself may still be growing; after this it is not."""


def generate_recovery_task(
    store: Store,
    tmp_path: Path,
    orphans_path: Path,
    logger: logging.Logger = module_logger,
    min_age_s: float = 0,
) -> Callable[[], None]:
    """Build the task that accounts for every file in ``tmp_path``.

    A recording that was cut off is kept as far as it goes. A recording without
    a row gets one. A leftover of a finished move is removed. A file that does
    not say what it is goes to ``orphans_path``. While others record, a file
    younger than ``min_age_s`` is left to them.
    """
    return _Recovery(store, tmp_path, orphans_path, logger, min_age_s).recovery_task


@dataclass(frozen=True)
class _Recovery:
    store: Store
    tmp_path: Path
    orphans_path: Path
    logger: logging.Logger
    min_age_s: float

    def recovery_task(self) -> None:
        for part in sorted(self.tmp_path.glob(f"*.wav{PART_SUFFIX}")):
            self.attempt(self.finish, part)
        for path in _files_without_row(self.store, self.tmp_path):
            self.attempt(self.account_for, path)

    def attempt(self, settle: Callable[[Path], None], path: Path) -> None:
        """Settle one file, unless somebody may still be at it."""
        try:
            if _age_s(path) >= self.min_age_s:
                settle(path)
        except FileNotFoundError:
            self.logger.debug("somebody else was faster: %s", path)
        except Exception:
            self.logger.exception("cannot account for the file %s", path)

    def finish(self, part: Path) -> None:
        """Keep what was heard before the recorder was cut off."""
        path = part.with_name(part.name.removesuffix(PART_SUFFIX))
        if is_being_written(part):
            return
        if path.exists():  # the part was to be an annotated copy of it
            part.unlink()
            return
        if not salvage_part(part):
            return
        finish_part(part, path)
        identity = read_identity(path)
        if identity is not None:
            annotate(path, _recording(identity, path))
        self.logger.warning("salvaged a recording that was cut off: %s", path)

    def account_for(self, path: Path) -> None:
        identity = read_identity(path)
        if identity is None:
            self.set_aside(path)
            return
        known = self.store.get_recordings([identity.recording_id])
        if known:
            self.reunite(known[0][0], path)
            return
        self.store.store_recording(_recording(identity, path))
        self.logger.warning("adopted a recording without a row: %s", path)

    def reunite(self, recording: Recording, path: Path) -> None:
        was_gone = _was_gone(self.store, recording)
        if not was_gone and (recording.path is None or recording.path.exists()):
            path.unlink()
            self.logger.info("removed %s: the recording is accounted for elsewhere", path)
            return
        self.store.update_recording_path(recording, path)
        if was_gone and isinstance(self.store, ProcessingLog):
            self.store.retry_failed([recording.id])
        self.logger.warning("found recording %s again at %s", recording.id, path)

    def set_aside(self, path: Path) -> None:
        if _age_s(path) < UNKNOWN_FILE_AGE_S:
            return
        orphan = move_durably(path, self.orphans_path / path.name, before_unlink=lambda _: None)
        self.logger.warning("moved a file that says nothing about itself to %s", orphan)


def _was_gone(store: Store, recording: Recording) -> bool:
    """Tell whether the recording was set aside because its file could not be found."""
    return isinstance(store, ProcessingLog) and store.get_failure(recording) == FILE_IS_GONE


def _age_s(path: Path) -> float:
    """Return how old a file is; one from the future is from before the clock was set back."""
    return abs(utc_now().timestamp() - path.stat().st_mtime)


def _files_without_row(store: Store, tmp_path: Path) -> Iterator[Path]:
    files = sorted(tmp_path.glob("*.wav"))
    known = {recording.path for recording, _ in store.get_recordings_info_by_path(files)}
    return (path for path in files if path not in known)


def _recording(identity: RecordingIdentity, path: Path) -> Recording:
    return Recording(
        id=identity.recording_id,
        path=path,
        created_on=identity.created_on,
        duration=identity.duration_s,
        samplerate=identity.samplerate_hz,
        audio_channels=identity.audio_channels,
        time_expansion=identity.time_expansion,
        microphone=identity.microphone,
        deployment=Deployment(
            id=identity.deployment_id,
            name=identity.deployment_name,
            started_on=identity.created_on,
        ),
    )
