"""When a sensor last listened without keeping what it heard."""

import datetime as dt
import sqlite3

from acoupi.components.stores.sqlite.rows import instant_text
from acoupi.data import EffortState

__all__ = ["last_withheld_on"]

NEWEST = """
SELECT max(ended_on) FROM effort
WHERE deployment_id = (SELECT id FROM deployment ORDER BY started_on DESC, rowid DESC LIMIT 1)
    AND ended_on > :since AND ended_on <= :until AND state IN (:quiet, :private)
    AND (:microphone IS NULL OR microphone = :microphone)
"""


def last_withheld_on(
    connection: sqlite3.Connection,
    since: dt.datetime | None,
    until: str,
    microphone: str | None = None,
) -> dt.datetime | None:
    """Return when the newest deployment last heard what it was not to keep.

    Parameters
    ----------
    connection
        To the store.
    since
        Only what is later counts, such as the last recording.
    until
        What is later, by a clock that was wrong, does not count; as the store writes it.
    microphone
        Of which it is; of any if None.
    """
    values = {
        "since": "" if since is None else instant_text(since),
        "until": until,
        "quiet": EffortState.QUIET.value,
        "private": EffortState.PRIVATE.value,
        "microphone": microphone,
    }
    (found,) = connection.execute(NEWEST, values).fetchone()
    return None if found is None else dt.datetime.fromisoformat(found)
