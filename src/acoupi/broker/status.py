"""What waits in the broker, without a worker to ask."""

import contextlib
import sqlite3
from pathlib import Path

from acoupi.errors import StoreError

__all__ = ["queue_sizes"]

QUERY = """
SELECT name, (SELECT count(*) FROM message WHERE queue = name AND message.owner IS NULL)
FROM queue WHERE owner IS NULL ORDER BY name
"""


def queue_sizes(path: Path | str) -> dict[str, int]:
    """Count the messages that wait in each task queue.

    Returns
    -------
    dict[str, int]
        Empty if there is no broker file yet. Messages being worked on do not
        count, and neither do the private queues of replies and remote control.
    """
    path = Path(path)
    if not path.exists():
        return {}
    try:
        with contextlib.closing(_connect(path)) as connection:
            return dict(connection.execute(QUERY).fetchall())
    except sqlite3.Error as error:
        raise StoreError(
            f"the broker's file {path} cannot be read: {error}",
            help="start the workers: they set a damaged file aside and make a new one",
        ) from error


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
