"""What is left in the stores when a deployment has ended: it waits for the next one."""

import datetime as dt
from pathlib import Path
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from acoupi.components.message_stores.sqlite.listing import count_messages
from acoupi.components.stores.sqlite.glance import glance_at_store
from acoupi.components.stores.sqlite.listing import RecordingLine, Selection, list_recordings
from acoupi.errors import AcoupiError
from acoupi.system.finishing import LOG_NAME, Finished
from acoupi.system.places import Places, find_places
from acoupi.system.settings import Settings

__all__ = ["Leftovers", "UnfinishedRecording", "count_left", "find_leftovers"]


IN_THE_LOG = f"it could not be finished; {LOG_NAME}.log says why"


class UnfinishedRecording(BaseModel):
    """A recording that was not processed, or not brought to where it is kept."""

    id: UUID
    recorded_on: dt.datetime
    path: Path | None
    why: str


class Leftovers(BaseModel):
    """What could not be finished."""

    recordings: list[UnfinishedRecording] = []
    messages: int = 0
    """How many are not delivered."""

    problems: list[str] = []
    """What else went wrong."""


def find_leftovers(settings: Settings, finished: Finished) -> Leftovers:
    """Look what the stores still hold; of stores that are not acoupi's own, nothing is known."""
    left = Leftovers(problems=[text for text in (finished.error, finished.cut_short) if text])
    try:
        places = find_places(settings)
        left.recordings = _recordings(places, finished)
        left.messages = _count_messages(places)
    except AcoupiError as error:
        left.problems.append(error.message)
    return left


def count_left(settings: Settings) -> tuple[int, int]:
    """Count the recordings and the messages that wait.

    Recordings are brought to where they are kept when the last has been
    analysed: until then only those count that have not been.
    """
    try:
        places = find_places(settings)
        return _count_unheard(places) or len(_waiting(places)), _count_messages(places)
    except AcoupiError:
        return 0, 0


def _recordings(places: Places, finished: Finished) -> list[UnfinishedRecording]:
    why = finished.left_out
    general = finished.cut_short or IN_THE_LOG
    ended = [line for line in _in_state(places, "failed") if str(line.id) in why]
    return [
        UnfinishedRecording(
            id=line.id,
            recorded_on=line.recorded_on,
            path=line.path,
            why=why.get(str(line.id)) or line.reason or general,
        )
        for line in [*_waiting(places), *ended]
    ]


def _waiting(places: Places) -> list[RecordingLine]:
    return _in_state(places, "waiting")


def _in_state(places: Places, state: Literal["waiting", "failed"]) -> list[RecordingLine]:
    if places.metadata_db is None or places.waiting_dir is None:
        return []
    return list(list_recordings(places.metadata_db, places.waiting_dir, Selection(), state))


def _count_unheard(places: Places) -> int:
    if places.metadata_db is None or places.waiting_dir is None:
        return 0
    return glance_at_store(places.metadata_db, places.waiting_dir).n_backlog


def _count_messages(places: Places) -> int:
    if places.messages_db is None:
        return 0
    return count_messages(places.messages_db).get("waiting", 0)
