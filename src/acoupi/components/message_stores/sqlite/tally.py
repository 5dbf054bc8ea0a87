"""What became of the messages, in numbers."""

import datetime as dt
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from acoupi.components.message_stores.sqlite.rows import instant_text

__all__ = ["MessageTally", "tally_messages"]

TALLY = """
WITH progress AS (
    SELECT
        message_id,
        count(*) FILTER (WHERE state = 'delivered') AS n_delivered,
        count(*) FILTER (WHERE state <> 'waiting') AS n_ended,
        sum(attempts) AS n_attempts
    FROM delivery
    WHERE messenger IN (SELECT value FROM json_each(:messengers))
    GROUP BY message_id
), outcome AS (
    SELECT n_attempts, CASE
        WHEN n_delivered = :n_messengers THEN 'delivered'
        WHEN EXISTS (
            SELECT 1 FROM response
            WHERE message_id = message.id AND status = 0 AND response.messenger IS NULL
        ) THEN 'delivered'
        WHEN n_ended = :n_messengers THEN 'refused'
        ELSE 'waiting'
    END AS state
    FROM message
    LEFT JOIN progress ON progress.message_id = message.id
    WHERE :since IS NULL OR created_on >= :since
)
SELECT
    count(*) AS n_messages,
    count(*) FILTER (WHERE state = 'delivered') AS n_delivered,
    count(*) FILTER (WHERE state = 'refused') AS n_refused,
    count(*) FILTER (WHERE state = 'waiting') AS n_waiting,
    CAST(total(n_attempts) AS INTEGER) AS n_attempts
FROM outcome
"""


@dataclass(frozen=True)
class MessageTally:
    """How many messages there are, and what their messengers have done with them.

    Every message is either delivered by all, ended with at least one refusal
    or expiry, or still waiting for one.
    """

    n_messages: int
    n_delivered: int
    n_refused: int
    n_waiting: int
    n_attempts: int


def tally_messages(
    connection: sqlite3.Connection, messengers: Sequence[str], since: dt.datetime | None
) -> MessageTally:
    """Count the messages created ``since`` then, by what these messengers did with them."""
    names = sorted(set(messengers))
    values = {
        "messengers": json.dumps(names),
        "n_messengers": len(names),
        "since": None if since is None else instant_text(since),
    }
    return MessageTally(**dict(connection.execute(TALLY, values).fetchone()))
