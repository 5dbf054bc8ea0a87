"""Tasks that wait before they run, by a clock that nobody sets.

Celery sends along until when to wait, as a time on the wall. A worker that took
such a task in after the clock was set back, or at a start in 1970, would wait
for that time to come round; so what is sent along too is how long to wait.
"""

import datetime as dt
from typing import Any

from celery import signals

from acoupi._claims import Owner
from acoupi._clock import boot_s, utc_now

__all__ = ["SENT", "note_waits", "wait_s"]

SENT = "acoupi_sent"


def note_waits() -> None:
    """From now on, send along how long a task is to wait."""
    signals.before_task_publish.connect(_note_wait, weak=False)


def wait_s(sent: dict[str, Any], runner: Owner, now_s: float, by_wall_s: float) -> float:
    """Return for how long a task still has to wait.

    Parameters
    ----------
    sent
        The header.
    runner
        The process that received it; one that was started with the same
        computer has the sender's clock.
    now_s
        Seconds since its boot.
    by_wall_s
        How long to wait by the clock on the wall: the only one that another
        computer has, or this one before it was started. No longer than was
        asked for.
    """
    if sent["boot"] == runner.boot:
        return max(0.0, sent["sent_s"] + sent["wait_s"] - now_s)
    return max(0.0, min(by_wall_s, sent["wait_s"]))


def _note_wait(headers: dict[str, Any] | None, **_: Any) -> None:
    eta = (headers or {}).get("eta")
    if headers is None or eta is None:
        return
    until = eta if isinstance(eta, dt.datetime) else dt.datetime.fromisoformat(eta)
    if until.tzinfo is not None:
        headers[SENT] = {
            "boot": Owner.this_process().boot,
            "sent_s": boot_s(),
            "wait_s": (until - utc_now()).total_seconds(),
        }
