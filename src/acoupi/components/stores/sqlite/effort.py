"""What a sensor did with its time, in few rows."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from acoupi.components.stores.sqlite.listing import read_metadata
from acoupi.components.stores.sqlite.rows import Value, deployment_of, instant_text
from acoupi.components.stores.sqlite.unheard import find_unheard
from acoupi.components.stores.sqlite.where import Where, fetch
from acoupi.data import Deployment, EffortSpan
from acoupi.data.account import Recorded, join_recorded

__all__ = ["Noted", "find_spans", "note_span", "read_effort"]

GOES_ON = """
UPDATE effort
SET ended_on = max(ended_on, :ended_on), lost_samples = lost_samples + :lost_samples
WHERE rowid = (
    SELECT rowid FROM effort
    WHERE deployment_id = :deployment_id AND ended_on >= :started_on
        AND started_on <= :started_on
        AND state = :state AND reason = :reason AND clock = :clock AND microphone = :microphone
    LIMIT 1
)
"""

INSERT = """
INSERT INTO effort
    (deployment_id, started_on, ended_on, state, reason, lost_samples, clock, microphone)
VALUES
    (:deployment_id, :started_on, :ended_on, :state, :reason, :lost_samples, :clock, :microphone)
"""

SPANS = "SELECT *, started_on AS instant, rowid AS ordinal FROM effort"

DEPLOYMENTS = """
SELECT id AS deployment_id, name AS deployment_name, started_on, ended_on, latitude, longitude
FROM deployment
"""

NAMED = """
WHERE name = :name OR lower(hex(id)) = lower(replace(:name, '-', ''))
ORDER BY started_on, rowid
"""

NEWEST = "ORDER BY started_on DESC, rowid DESC LIMIT 1"

RECORDED = """
SELECT datetime, duration_s, samplerate_hz FROM recording
WHERE deployment_id = :id AND microphone = :microphone
    AND datetime >= :since AND datetime < :until
ORDER BY datetime
"""

MICROPHONES = "SELECT DISTINCT microphone FROM recording WHERE deployment_id = ?"

LONGEST = dt.timedelta(days=1)
"""No recording is longer: one that reaches into a time began no earlier before it."""

NEVER, FOR_EVER = "", "9999"


@dataclass(frozen=True)
class Noted:
    """All that is known of the time of a deployment, and of one microphone."""

    deployment: Deployment
    spans: list[EffortSpan]
    recorded: list[Recorded]
    microphone: str = ""
    unheard: list[Recorded] = field(default_factory=list[Recorded])
    """The part of ``recorded`` that was not analysed."""

    @property
    def last_on(self) -> dt.datetime | None:
        """Up to when anything is known."""
        return max((each.ended_on for each in (*self.spans, *self.recorded)), default=None)


def note_span(connection: sqlite3.Connection, span: EffortSpan) -> None:
    """Lengthen the row that the span goes on from, or add one; the caller is in a transaction."""
    row = _row_of(span)
    if not connection.execute(GOES_ON, row).rowcount:
        connection.execute(INSERT, row)


def find_spans(
    connection: sqlite3.Connection,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    deployment: Deployment | None = None,
) -> list[EffortSpan]:
    """Return the spans that reach into a time, oldest first."""
    where = Where().holds("ended_on > ?", since).holds("started_on < ?", until)
    where.holds("deployment_id = ?", deployment and deployment.id)
    return [_span_of(row) for row in fetch(connection, SPANS, where)]


def read_effort(
    db_path: Path,
    name: str | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> list[Noted]:
    """Read what is known of the deployments with a name or id; of the newest if None.

    What is known of each of its microphones comes apart. Nothing is changed. With
    ``since`` and ``until``, what lies outside may be missing.
    """
    with read_metadata(db_path) as connection:
        if connection is None:
            return []
        found = _find_deployments(connection, name)
        return [
            noted for deployment in found for noted in _noted(connection, deployment, since, until)
        ]


def _find_deployments(connection: sqlite3.Connection, name: str | None) -> list[Deployment]:
    query = DEPLOYMENTS + (NEWEST if name is None else NAMED)
    values = {} if name is None else {"name": name}
    return [deployment_of(row) for row in connection.execute(query, values)]


def _noted(
    connection: sqlite3.Connection,
    deployment: Deployment,
    since: dt.datetime | None,
    until: dt.datetime | None,
) -> Iterator[Noted]:
    spans: dict[str, list[EffortSpan]] = {
        name: [] for (name,) in connection.execute(MICROPHONES, (deployment.id.bytes,))
    }
    for span in find_spans(connection, since, until, deployment):
        spans.setdefault(span.microphone, []).append(span)
    first, last = _reach(since, until)
    for name in sorted(spans) or [""]:
        recorded = join_recorded(_recordings(connection, deployment, name, first, last))
        unheard = find_unheard(connection, deployment, name, first, last)
        yield Noted(deployment, spans.get(name, []), list(recorded), name, list(unheard))


def _reach(since: dt.datetime | None, until: dt.datetime | None) -> tuple[str, str]:
    """Return from when to when recordings begin that may reach into a time."""
    return (
        NEVER if since is None else instant_text(since - LONGEST),
        FOR_EVER if until is None else instant_text(until),
    )


def _recordings(
    connection: sqlite3.Connection,
    deployment: Deployment,
    microphone: str,
    since: str,
    until: str,
) -> Iterator[tuple[dt.datetime, float, int]]:
    values = {
        "id": deployment.id.bytes,
        "microphone": microphone,
        "since": since,
        "until": until,
    }
    for text, duration_s, rate_hz in connection.execute(RECORDED, values):
        yield dt.datetime.fromisoformat(text), duration_s, rate_hz


def _row_of(span: EffortSpan) -> dict[str, Value]:
    return {
        "deployment_id": span.deployment_id.bytes,
        "started_on": instant_text(span.started_on),
        "ended_on": instant_text(span.ended_on),
        "state": span.state.value,
        "reason": span.reason,
        "lost_samples": span.lost_samples,
        "clock": span.clock.value,
        "microphone": span.microphone,
    }


def _span_of(row: sqlite3.Row) -> EffortSpan:
    return EffortSpan(
        deployment_id=UUID(bytes=row["deployment_id"]),
        started_on=row["started_on"],
        ended_on=row["ended_on"],
        state=row["state"],
        reason=row["reason"],
        lost_samples=row["lost_samples"],
        clock=row["clock"],
        microphone=row["microphone"],
    )
