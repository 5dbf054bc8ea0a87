"""What a deployment came to, in numbers."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from acoupi.data import Deployment

__all__ = ["DeploymentTally", "tally_deployment"]

RECORDINGS = """
SELECT
    count(*) AS n_recordings,
    total(duration_s) AS recorded_s,
    count(*) - count(path) AS n_discarded,
    count(*) FILTER (WHERE state = 'done') AS n_processed,
    count(*) FILTER (WHERE state = 'skipped') AS n_skipped,
    count(*) FILTER (WHERE state = 'failed') AS n_failed,
    count(*) FILTER (WHERE coalesce(state, 'pending') = 'pending') AS n_unprocessed
FROM recording
LEFT JOIN processing ON processing.recording_id = recording.id
WHERE deployment_id = ?
"""

FINDINGS = """
SELECT
    count(DISTINCT model_output.recording_id) AS n_with_output,
    count(detection.id) AS n_detections
FROM recording
JOIN model_output ON model_output.recording_id = recording.id
LEFT JOIN detection ON detection.model_output_id = model_output.id
WHERE deployment_id = ?
"""

PATHS = """
SELECT id, path FROM recording
WHERE deployment_id = ? AND path IS NOT NULL
ORDER BY datetime, rowid
"""


@dataclass(frozen=True)
class DeploymentTally:
    """What a deployment recorded, and what became of it.

    Every recording is either processed, skipped, failed or unprocessed, and
    either has a path or was discarded.
    """

    n_recordings: int
    recorded_s: float
    n_processed: int
    n_skipped: int
    n_failed: int
    n_unprocessed: int
    n_with_output: int
    n_detections: int
    n_discarded: int
    paths: list[tuple[UUID, Path]]


def tally_deployment(connection: sqlite3.Connection, deployment: Deployment) -> DeploymentTally:
    """Count what the store knows of a deployment."""
    values = (deployment.id.bytes,)
    recordings = connection.execute(RECORDINGS, values).fetchone()
    findings = connection.execute(FINDINGS, values).fetchone()
    paths = [
        (UUID(bytes=row["id"]), Path(row["path"])) for row in connection.execute(PATHS, values)
    ]
    return DeploymentTally(**dict(recordings), **dict(findings), paths=paths)
