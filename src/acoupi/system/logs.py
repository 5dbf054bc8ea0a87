"""The logs of a sensor's processes, read as one."""

import heapq
import itertools
import os
import re
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from pathlib import Path
from typing import IO

__all__ = ["Follower", "follow", "log_names", "read_logs"]

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
MAX_OVERLAP = 1000
MAX_ENTRY_LINES = 1000
"""No trace is that long; what is, is shown in pieces."""


def log_names(log_dir: Path) -> list[str]:
    """Return who has logged: workers, beat and the supervisor."""
    return sorted(path.stem for path in log_dir.glob("*.log"))


def read_logs(log_dir: Path, names: Collection[str], limit: int | None = None) -> Iterator[str]:
    """Return entries of several logs in the order of their times, with what was rotated away.

    Parameters
    ----------
    log_dir
        Where the logs are.
    names
        Whose.
    limit
        Only the last so many entries; all if None. An entry is a line, with
        those below it that have no time of their own.
    """
    logs = (_entries(_rotated(log_dir, name)) for name in sorted(names))
    if limit is None:
        return heapq.merge(*logs, key=_time)
    lasts = [deque(log, maxlen=limit) for log in logs]
    return iter(deque(heapq.merge(*lasts, key=_time), maxlen=limit))


def follow(
    log_dir: Path,
    names: Callable[[], Collection[str]],
    wait: Callable[[], object],
    limit: int | None = None,
) -> Generator[str]:
    """Yield what was logged, then, for ever, what is; rotation and new logs are noticed.

    Parameters
    ----------
    log_dir
        Where the logs are.
    names
        Whose; asked again each time.
    wait
        Called between two looks.
    limit
        How many entries of before to begin with; all if None.
    """
    followers = {name: Follower(log_dir / f"{name}.log", at_end=True) for name in names()}
    told: deque[str] = deque(maxlen=MAX_OVERLAP)
    try:
        for entry in read_logs(log_dir, followers, limit):
            told.append(entry)
            yield entry
        while True:
            news = [entry for follower in followers.values() for entry in follower.news()]
            # What came while the past was read is in both.
            yield from (entry for entry in sorted(news, key=_time) if entry not in told)
            told.clear()
            wait()
            for name in set(names()) - set(followers):
                followers[name] = Follower(log_dir / f"{name}.log")
    finally:
        for follower in followers.values():
            follower.close()


class Follower:
    """Reads what is added to one log, across its rotations.

    Parameters
    ----------
    path
        The log.
    at_end
        Whether to leave out what is there already.
    """

    def __init__(self, path: Path, at_end: bool = False) -> None:
        self._path = path
        self._file: IO[str] | None = None
        self._open()
        if at_end and self._file is not None:
            self._file.seek(0, os.SEEK_END)

    def news(self) -> list[str]:
        """Return the entries that were added since the last time."""
        found = list(self._rest())
        if self._was_rotated():
            found += self._rest()  # what came between the two looks
            self._open()
            found += self._rest()
        return list(_entries([found]))

    def close(self) -> None:
        """Stop reading."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def _open(self) -> None:
        self.close()
        try:
            self._file = self._path.open(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return

    def _rest(self) -> Iterator[str]:
        """Yield whole lines; half a one is left for the next time."""
        while self._file is not None:
            start = self._file.tell()
            line = self._file.readline()
            if not line.endswith("\n"):
                self._file.seek(start)
                return
            yield line

    def _was_rotated(self) -> bool:
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return False
        if self._file is None:
            return True
        ours = os.fstat(self._file.fileno())
        return (there.st_ino, there.st_dev) != (ours.st_ino, ours.st_dev)


def _rotated(log_dir: Path, name: str) -> Iterator[Iterable[str]]:
    """Open a log and its older parts, the oldest first."""
    parts = sorted(log_dir.glob(f"{name}.log.[0-9]*"), key=_age, reverse=True)
    for path in (*parts, log_dir / f"{name}.log"):
        if path.is_file():
            with path.open(encoding="utf-8", errors="replace") as file:
                yield file


def _age(path: Path) -> int:
    suffix = path.suffix.removeprefix(".")
    return int(suffix) if suffix.isdigit() else 0


def _entries(files: Iterable[Iterable[str]]) -> Iterator[str]:
    """Join lines to entries: a trace belongs to what it is the trace of."""
    entry: list[str] = []
    for line in itertools.chain.from_iterable(files):
        if entry and (STAMP.match(line) or len(entry) == MAX_ENTRY_LINES):
            yield "".join(entry).rstrip("\n")
            entry = []
        entry.append(line)
    if entry:
        yield "".join(entry).rstrip("\n")


def _time(entry: str) -> str:
    """Return the time at its start; of the form it has, text order is time order."""
    return entry.partition(" ")[0] if STAMP.match(entry) else ""
