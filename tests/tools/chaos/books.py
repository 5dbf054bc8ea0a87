"""What a sensor has written down, read without it.

Nothing here uses acoupi: a mistake in what it reads must not hide in what it wrote.
"""

import datetime as dt
import json
import re
import sqlite3
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

__all__ = ["Books", "Kept"]

BELIEVED = 0.2
"""Lowest score of a detection that is sent."""

WANTED = 0.5
"""Lowest score of a detection for which a recording is kept."""


@dataclass(frozen=True)
class Kept:
    """A row of the table of recordings."""

    id: UUID
    path: Path | None
    began_s: float
    duration_s: float
    rate_hz: int

    @property
    def frames(self) -> int:
        return round(self.duration_s * self.rate_hz)

    @property
    def ended_s(self) -> float:
        return self.began_s + self.duration_s


@dataclass(frozen=True)
class Books:
    """What a sensor has written down."""

    folder: Path
    """With the home, and the folder where recordings wait."""

    @property
    def storages(self) -> Path:
        return self.folder / "home" / "storages"

    @cached_property
    def recordings(self) -> list[Kept]:
        query = (
            "SELECT id, path, datetime, duration_s, samplerate_hz FROM recording ORDER BY datetime"
        )
        return [
            Kept(UUID(bytes=id), Path(path) if path else None, instant_s(began), *others)
            for id, path, began, *others in self.rows("metadata.db", query)
        ]

    @cached_property
    def outputs(self) -> Counter[tuple[UUID, str]]:
        """How many outputs there are of each recording and model."""
        query = "SELECT recording_id, model_name FROM model_output"
        return Counter((UUID(bytes=i), name) for i, name in self.rows("metadata.db", query))

    @cached_property
    def due_messages(self) -> set[UUID]:
        """The ids of the messages that must have been made of outputs."""
        query = "SELECT DISTINCT model_output_id FROM detection WHERE detection_score >= ?"
        rows = self.rows("metadata.db", query, BELIEVED)
        return {uuid5(UUID(bytes=output), "0") for (output,) in rows}

    @cached_property
    def wanted(self) -> set[UUID]:
        """The ids of the recordings in which something was heard that is worth keeping."""
        query = (
            "SELECT DISTINCT recording_id FROM model_output JOIN detection"
            " ON model_output_id = model_output.id WHERE detection_score >= ?"
        )
        return {UUID(bytes=i) for (i,) in self.rows("metadata.db", query, WANTED)}

    @cached_property
    def messages(self) -> set[UUID]:
        return {UUID(bytes=i) for (i,) in self.rows("messages.db", "SELECT id FROM message")}

    @cached_property
    def unsent(self) -> int:
        query = (
            "SELECT count(*) FROM message WHERE id NOT IN"
            " (SELECT message_id FROM delivery WHERE state = 'delivered')"
        )
        return int(self.rows("messages.db", query)[0][0])

    @cached_property
    def unended(self) -> dict[str, int]:
        """How many recordings are in each state of processing that is not an ending."""
        query = (
            "SELECT coalesce(state, 'never begun'), count(*) FROM recording"
            " LEFT JOIN processing ON recording_id = recording.id"
            " WHERE state IS NOT 'done' GROUP BY 1"
        )
        return dict(self.rows("metadata.db", query))

    @cached_property
    def model_runs(self) -> Counter[str]:
        """How often the log says that the model has answered, for each file's name."""
        logs = (self.folder / "home" / "log").glob("detection.log*")
        text = "\n".join(path.read_text(errors="replace") for path in logs)
        return Counter(Path(found).name for found in re.findall(r"\d+ detections in (\S+)", text))

    @cached_property
    def tape_position(self) -> int:
        [cursor] = (self.folder / "tmp").glob(".replay-*.json")
        return int(json.loads(cursor.read_text())["position"]["frame"])

    def rows(self, database: str, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask one of the databases."""
        connection = sqlite3.connect(self.storages / database)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()


def instant_s(text: str) -> float:
    """Return an instant of a database as seconds since 1970."""
    return dt.datetime.fromisoformat(text).timestamp()
