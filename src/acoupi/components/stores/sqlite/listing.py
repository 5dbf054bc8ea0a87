"""Recordings and detections as people list them, read without changing anything."""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from uuid import UUID

from acoupi._sqlite import reading
from acoupi.components.stores.sqlite.rows import Value, instant_text
from acoupi.components.stores.sqlite.schema import MIGRATIONS
from acoupi.components.stores.sqlite.unheard import IS_LEFT
from acoupi.components.types import FILE_IS_GONE
from acoupi.errors import MetadataStoreError

__all__ = [
    "DetectionLine",
    "RecordingLine",
    "RecordingState",
    "Selection",
    "list_detections",
    "list_recordings",
    "read_metadata",
]

RecordingState = Literal["kept", "waiting", "let-go", "failed", "unheard", "lost"]

STATE = f"""
CASE
    WHEN path IS NULL AND processing.reason = '{FILE_IS_GONE}' THEN 'lost'
    WHEN processing.state = 'failed' THEN 'failed'
    WHEN {IS_LEFT} THEN 'unheard'
    WHEN path IS NULL THEN 'let-go'
    WHEN instr(path, :waiting) = 1 THEN 'waiting'
    ELSE 'kept'
END
"""

RECORDINGS = f"""
SELECT
    recording.datetime AS instant, recording.rowid AS ordinal, recording.id, path,
    duration_s, samplerate_hz, audio_channels, deployment.name AS deployment, microphone,
    {STATE} AS state, CASE
        WHEN path IS NOT NULL AND processing.state IN ('done', 'skipped') AND NOT {IS_LEFT}
        THEN ''
        ELSE coalesce(processing.reason, '')
    END AS reason
FROM recording
JOIN deployment ON deployment.id = recording.deployment_id
LEFT JOIN processing ON processing.recording_id = recording.id
"""  # noqa: S608 - put together from constants

# A cross join keeps SQLite to this order, in which an index on time serves the newest.
DETECTIONS = """
SELECT
    recording.datetime AS instant, detection.rowid AS ordinal, detection.id,
    recording.id AS recording_id, path, model_name, model_version, model_hash, detection_score,
    deployment.name AS deployment, start_time_s, end_time_s, low_freq_hz, high_freq_hz, (
        SELECT json_group_array(json_array(key, value, confidence_score))
        FROM predicted_tag WHERE detection_id = detection.id
    ) AS tags
FROM recording
CROSS JOIN deployment ON deployment.id = recording.deployment_id
CROSS JOIN model_output ON model_output.recording_id = recording.id
CROSS JOIN detection ON detection.model_output_id = model_output.id
"""

# The signs keep SQLite from looking through every detection with this tag for each row.
HAS_TAG = """
EXISTS (
    SELECT 1 FROM predicted_tag
    WHERE detection_id = detection.id AND +key = :key{n} AND +value = :value{n}
)
"""


@dataclass
class Selection:
    """Which rows are listed: those that meet every condition; of these, the newest."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    deployment: str | None = None
    """Its name or its id."""

    microphone: str | None = None

    limit: int | None = None
    terms: list[str] = field(default_factory=list[str])
    values: dict[str, Value] = field(default_factory=dict[str, Value])

    def holds(self, term: str, **values: Value) -> None:
        """Require one more condition; one of them not given is no condition."""
        if None not in values.values():
            self.terms.append(term)
            self.values.update(values)


@dataclass(frozen=True)
class RecordingLine:
    """One recording, and what became of it."""

    recorded_on: dt.datetime
    state: RecordingState
    duration_s: float
    samplerate_hz: int
    audio_channels: int | None
    deployment: str
    microphone: str
    path: Path | None
    reason: str
    id: UUID


@dataclass(frozen=True)
class DetectionLine:
    """One detection, and the recording it was made in."""

    recorded_on: dt.datetime
    model: str
    score: float
    tags: list[tuple[str, str, float]]
    """Key, value, and how sure the model is of it."""

    start_s: float | None
    end_s: float | None
    low_hz: float | None
    high_hz: float | None
    deployment: str
    path: Path | None
    recording_id: UUID
    id: UUID
    model_version: str
    model_hash: str
    """What tells its weights from others."""


def read_metadata(path: Path) -> AbstractContextManager[sqlite3.Connection | None]:
    """Open the store for reading only; None if there is none yet."""
    return reading(path, len(MIGRATIONS), MetadataStoreError)


def list_recordings(
    db_path: Path, waiting_dir: Path, selection: Selection, state: RecordingState | None = None
) -> Iterator[RecordingLine]:
    """List recordings, oldest first.

    Parameters
    ----------
    db_path
        The store.
    waiting_dir
        Where recordings wait until it is decided what to keep.
    selection
        Which of them.
    state
        Only those in this state.
    """
    selection.holds(f"{STATE} = :state", state=state)
    selection.values["waiting"] = f"{waiting_dir}/"
    return map(_recording_of, _select(db_path, RECORDINGS, selection))


def list_detections(
    db_path: Path,
    selection: Selection,
    min_score: float | None = None,
    tags: Sequence[tuple[str, str]] = (),
    model: str | None = None,
) -> Iterator[DetectionLine]:
    """List detections in the order of their recordings, oldest first.

    Parameters
    ----------
    db_path
        The store.
    selection
        Which of them, by the instant of the recording.
    min_score
        Only those with at least this score.
    tags
        Only those with each of these keys and values.
    model
        Only those of this model.
    """
    selection.holds("detection_score >= :min_score", min_score=min_score)
    selection.holds("model_name = :model", model=model)
    for n, (key, value) in enumerate(tags):
        selection.holds(HAS_TAG.format(n=n), **{f"key{n}": key, f"value{n}": value})
    return map(_detection_of, _select(db_path, DETECTIONS, selection))


def _select(db_path: Path, select: str, selection: Selection) -> Iterator[sqlite3.Row]:
    """Yield rows one at a time; only with a limit are they sorted in memory."""
    with read_metadata(db_path) as connection:
        if connection is not None:
            yield from connection.execute(_query(select, selection), selection.values)


def _query(select: str, selection: Selection) -> str:
    _hold_common(selection)
    where = f" WHERE {' AND '.join(selection.terms)}" if selection.terms else ""
    if selection.limit is None:
        return f"{select}{where} ORDER BY instant, ordinal"
    selection.values["limit"] = selection.limit
    newest = f"{select}{where} ORDER BY instant DESC, ordinal DESC LIMIT :limit"
    return f"SELECT * FROM ({newest}) ORDER BY instant, ordinal"  # noqa: S608 - bound values


def _hold_common(selection: Selection) -> None:
    since, until = selection.since, selection.until
    selection.holds("recording.datetime >= :since", since=since and instant_text(since))
    selection.holds("recording.datetime < :until", until=until and instant_text(until))
    selection.holds("microphone = :microphone", microphone=selection.microphone)
    named = "(deployment.name = :deployment OR lower(hex(deployment.id)) = :deployment_id)"
    name = selection.deployment
    hexadecimal = None if name is None else name.replace("-", "").lower()
    selection.holds(named, deployment=name, deployment_id=hexadecimal)


def _recording_of(row: sqlite3.Row) -> RecordingLine:
    return RecordingLine(
        recorded_on=dt.datetime.fromisoformat(row["instant"]),
        state=row["state"],
        duration_s=row["duration_s"],
        samplerate_hz=row["samplerate_hz"],
        audio_channels=row["audio_channels"],
        deployment=row["deployment"],
        microphone=row["microphone"],
        path=_path_of(row),
        reason=row["reason"],
        id=UUID(bytes=row["id"]),
    )


def _detection_of(row: sqlite3.Row) -> DetectionLine:
    return DetectionLine(
        recorded_on=dt.datetime.fromisoformat(row["instant"]),
        model=row["model_name"],
        score=row["detection_score"],
        tags=[(key, value, score) for key, value, score in json.loads(row["tags"])],
        start_s=row["start_time_s"],
        end_s=row["end_time_s"],
        low_hz=row["low_freq_hz"],
        high_hz=row["high_freq_hz"],
        deployment=row["deployment"],
        path=_path_of(row),
        recording_id=UUID(bytes=row["recording_id"]),
        id=UUID(bytes=row["id"]),
        model_version=row["model_version"],
        model_hash=row["model_hash"],
    )


def _path_of(row: sqlite3.Row) -> Path | None:
    return None if row["path"] is None else Path(row["path"])
