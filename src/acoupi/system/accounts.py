"""What became of everything a deployment recorded, and what nobody can account for."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from acoupi.audio.sound import open_whole_sound
from acoupi.components.message_stores.sqlite import MessageTally, SqliteMessageStore
from acoupi.components.stores.sqlite import DeploymentTally, SqliteStore
from acoupi.data import Deployment
from acoupi.errors import AcoupiError, DeploymentError
from acoupi.programs.core.base import AcoupiProgram
from acoupi.programs.templates import (
    BasicProgram,
    BasicProgramConfiguration,
    DetectionProgram,
    MessagingProgram,
)

__all__ = ["Accounts", "draw_up_accounts"]

NO_MESSAGES = MessageTally(n_messages=0, n_delivered=0, n_refused=0, n_waiting=0, n_attempts=0)


@dataclass(frozen=True)
class Accounts:
    """A deployment in figures. Once it has ended, nothing should be unaccounted for."""

    recorded_s: float
    recordings: int
    processed: int
    skipped: int
    failed: int
    kept: int
    let_go: int
    detections: int
    messages: int
    messages_delivered: int
    unaccounted: tuple[str, ...]
    """One line for each recording, file or message that is not where it should be."""


def draw_up_accounts(program: AcoupiProgram[Any], deployment: Deployment) -> Accounts:
    """Count what a deployment came to, looking at every file.

    Raises
    ------
    DeploymentError
        If the program keeps its data in stores of another kind.
    """
    store = getattr(program, "store", None)
    if not isinstance(program, BasicProgram) or not isinstance(store, SqliteStore):
        raise DeploymentError(f"the program {type(program).__name__} keeps no accounts")
    tally = store.tally(deployment)
    messages = _messages(cast("AcoupiProgram[Any]", program), deployment)
    config: BasicProgramConfiguration = program.config
    waiting_dir = config.paths.tmp_audio
    kept = [path for _, path in tally.paths if path.parent != waiting_dir]
    return Accounts(
        recorded_s=tally.recorded_s,
        recordings=tally.n_recordings,
        processed=tally.n_processed,
        skipped=tally.n_skipped,
        failed=tally.n_failed,
        kept=len(kept),
        let_go=tally.n_discarded,
        detections=tally.n_detections,
        messages=messages.n_messages,
        messages_delivered=messages.n_delivered,
        unaccounted=(
            *(_unprocessed(tally) if isinstance(program, DetectionProgram) else ()),
            *_lost_recordings(tally, waiting_dir),
            *_stray_files(tally, waiting_dir),
            *_stuck_messages(messages),
        ),
    )


def _messages(program: AcoupiProgram[Any], deployment: Deployment) -> MessageTally:
    store = getattr(program, "message_store", None)
    if not isinstance(program, MessagingProgram) or not isinstance(store, SqliteMessageStore):
        return NO_MESSAGES
    names = [messenger.name for messenger in program.messengers]
    return store.tally(names, since=deployment.started_on)


def _unprocessed(tally: DeploymentTally) -> Iterator[str]:
    if tally.n_unprocessed:
        yield f"{tally.n_unprocessed} recordings were never processed"
    if tally.n_processed > tally.n_with_output:
        yield f"{tally.n_processed - tally.n_with_output} processed recordings have no output"


def _lost_recordings(tally: DeploymentTally, waiting_dir: Path) -> Iterator[str]:
    for recording_id, path in tally.paths:
        if path.parent == waiting_dir:
            yield f"recording {recording_id} still waits at {path}"
        elif not is_readable(path):
            yield f"recording {recording_id} cannot be read at {path}"


def _stray_files(tally: DeploymentTally, waiting_dir: Path) -> Iterator[str]:
    known = {path for _, path in tally.paths}
    for path in sorted(waiting_dir.glob("*.wav*")):
        if path not in known:
            yield f"nobody knows the file {path}"


def _stuck_messages(messages: MessageTally) -> Iterator[str]:
    if messages.n_waiting:
        yield f"{messages.n_waiting} messages are not delivered"
    if messages.n_refused:
        yield f"{messages.n_refused} messages were refused"


def is_readable(path: Path) -> bool:
    """Tell whether a file is there, and all of its sound."""
    try:
        sound = open_whole_sound(path)
        read_bytes = sum(map(len, sound.blocks(0, sound.frames)))
    except (AcoupiError, OSError):
        return False
    return read_bytes == sound.frames * sound.format.frame_bytes
