"""What was heard lately, for cleaners; the caller holds the transaction."""

import datetime as dt
import sqlite3
from collections.abc import Collection, Sequence

from acoupi._sqlite import chunked
from acoupi.components.stores.sqlite.rows import Value, instant_text
from acoupi.data import Heard, ModelOutput

__all__ = ["recall", "remember"]

# The columns by which each is found, all of them by the primary key.
SAME = """
topic = :topic AND model_name = :model AND deployment_id = :deployment
AND microphone = :microphone
"""

FORGET_RECORDING = """
DELETE FROM heard
WHERE recording_id = :recording AND topic = :topic AND model_name = :model
"""

FORGET_OLD = f"""
DELETE FROM heard WHERE {SAME} AND species = :species AND heard_on < :before
"""  # noqa: S608 - put together from constants

INSERT = """
INSERT INTO heard
    (topic, model_name, deployment_id, microphone, species, heard_on, ordinal, recording_id)
VALUES
    (:topic, :model, :deployment, :microphone, :species, :heard_on, :ordinal, :recording)
"""

RECALL = f"""
SELECT species, heard_on FROM heard
WHERE {SAME} AND species IN ({{names}}) AND heard_on BETWEEN :since AND :until
    AND recording_id <> :recording
"""  # noqa: S608 - put together from constants


def remember(
    connection: sqlite3.Connection,
    topic: str,
    output: ModelOutput,
    heard: Sequence[Heard],
    forget_before: dt.datetime,
) -> None:
    """Keep what was heard in a recording, and drop what was kept of it, or is old."""
    common = _common(topic, output)
    connection.execute(FORGET_RECORDING, common)
    for species in {each.species for each in heard}:
        old = {"species": species, "before": instant_text(forget_before)}
        connection.execute(FORGET_OLD, common | old)
    connection.executemany(
        INSERT,
        [
            common | {"species": one.species, "heard_on": instant_text(one.on), "ordinal": n}
            for n, one in enumerate(heard)
        ],
    )


def recall(
    connection: sqlite3.Connection,
    topic: str,
    output: ModelOutput,
    species: Collection[str],
    since: dt.datetime,
    until: dt.datetime,
) -> list[Heard]:
    """Return what was heard in other recordings, oldest first."""
    common = _common(topic, output)
    common |= {"since": instant_text(since), "until": instant_text(until)}
    found: list[Heard] = []
    for some in chunked(sorted(species)):
        names = {f"name{n}": name for n, name in enumerate(some)}
        query = RECALL.format(names=", ".join(f":{key}" for key in names))
        found += map(_heard_of, connection.execute(query, common | names))
    return sorted(found)


def _common(topic: str, output: ModelOutput) -> dict[str, Value]:
    return {
        "topic": topic,
        "model": output.name_model,
        "deployment": output.recording.deployment.id.bytes,
        "microphone": output.recording.microphone,
        "recording": output.recording.id.bytes,
    }


def _heard_of(row: sqlite3.Row) -> Heard:
    return Heard(dt.datetime.fromisoformat(row["heard_on"]), row["species"])
