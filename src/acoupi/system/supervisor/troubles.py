"""Telling the program's owner what went wrong, through the program itself.

A program is built for it in a process of its own: what keeps a worker from
working may also keep this from working, and must not reach us.
"""

import logging
import os
from collections import deque
from collections.abc import Callable

from acoupi.system.supervisor.forking import fork_child, kill_group

__all__ = ["Teller"]

logger = logging.getLogger(__name__)

LIMIT_S = 60.0
MAX_WAITING = 20


class Teller:
    """Tells one thing after the other.

    Parameters
    ----------
    tell
        Tells one, in a process of its own.
    limit_s
        How long it may take.
    """

    def __init__(self, tell: Callable[[str], object], limit_s: float = LIMIT_S) -> None:
        self._tell = tell
        self._limit_s = limit_s
        self._waiting: deque[str] = deque(maxlen=MAX_WAITING)
        self._pid: int | None = None
        self._deadline_s = 0.0

    def add(self, text: str) -> None:
        """Have something told soon."""
        self._waiting.append(text)

    def turn(self, now_s: float) -> None:
        """Do what is due."""
        if self._pid is not None:
            self._watch(self._pid, now_s)
        elif self._waiting:
            self._start(self._waiting.popleft(), now_s)

    def stop(self) -> None:
        """End what runs; what was not told is in the log."""
        if self._pid is not None:
            kill_group(self._pid)
            os.waitpid(self._pid, 0)
            self._pid = None

    def _start(self, text: str, now_s: float) -> None:
        def main() -> int:
            self._tell(text)
            return 0

        try:
            self._pid = fork_child(main)
        except OSError as error:
            logger.warning("not told, %s: %s", error.strerror, text)
        self._deadline_s = now_s + self._limit_s

    def _watch(self, pid: int, now_s: float) -> None:
        if now_s >= self._deadline_s:
            logger.error("ending what should tell of trouble: not done in %.0f s", self._limit_s)
            self._deadline_s = float("inf")
            kill_group(pid)
        if os.waitpid(pid, os.WNOHANG)[0]:
            kill_group(pid)
            self._pid = None
