"""Single sounds in a matrix of levels above the noise."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Event", "find_events", "join_events"]


@dataclass(frozen=True)
class Event:
    """A stretch of activity, in frames and columns of the matrix; ends are exclusive."""

    start: int
    end: int
    low: int
    high: int
    peak: int
    """Column of the loudest cell."""

    excess_db: float
    """The loudest cell."""


def find_events(
    excess_db: NDArray[np.float32], threshold_db: float, offset: int = 0
) -> Iterator[Event]:
    """Find the stretches in which some column is at the threshold or above.

    Parameters
    ----------
    excess_db
        Shape ``(frames, columns)``.
    threshold_db
        What counts as activity.
    offset
        Added to the frames, for a matrix that is a later part of a larger one.
    """
    active = excess_db.max(axis=1, initial=-np.inf) >= threshold_db
    edges = np.flatnonzero(np.diff(active, prepend=False, append=False))
    for start, end in edges.reshape(-1, 2).tolist():
        yield _event(excess_db[start:end], threshold_db, start + offset)


def join_events(events: Iterable[Event], max_gap: float) -> list[Event]:
    """Join events, in the order of time, that no more than ``max_gap`` frames part."""
    joined: list[Event] = []
    for event in events:
        if joined and event.start - joined[-1].end <= max_gap:
            event = _union(joined.pop(), event)
        joined.append(event)
    return joined


def _event(excess_db: NDArray[np.float32], threshold_db: float, start: int) -> Event:
    columns = np.flatnonzero((excess_db >= threshold_db).any(axis=0))
    place = int(excess_db.argmax())
    return Event(
        start=start,
        end=start + len(excess_db),
        low=int(columns[0]),
        high=int(columns[-1]) + 1,
        peak=place % excess_db.shape[1],
        excess_db=float(excess_db.flat[place]),
    )


def _union(first: Event, second: Event) -> Event:
    loudest = max(first, second, key=lambda event: event.excess_db)
    return Event(
        start=first.start,
        end=second.end,
        low=min(first.low, second.low),
        high=max(first.high, second.high),
        peak=loudest.peak,
        excess_db=loudest.excess_db,
    )
