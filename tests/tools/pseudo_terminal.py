"""Commands at a terminal of some size, as a person has it."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

__all__ = ["PseudoTerminal"]


class PseudoTerminal:
    """An ``acoupi`` command at a terminal; used as a context, it is ended at the end."""

    def __init__(
        self, columns: int, *args: str, env: Mapping[str, str] | None = None, lines: int = 24
    ) -> None:
        self.columns = columns
        self.fd, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        fixed = ("COLUMNS", "LINES", "NO_COLOR", "COLORTERM")
        known = {name: value for name, value in os.environ.items() if name not in fixed}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "acoupi", *args],
            env=known | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"} | dict(env or {}),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._bytes = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.fd)

    @property
    def shown(self) -> str:
        """All that was written so far."""
        return self._bytes.decode(errors="ignore")

    def read_until(self, is_enough: Callable[[str], bool]) -> bool:
        """Wait until enough was written; false if the command ends before."""
        while not is_enough(self.shown):
            try:
                block = os.read(self.fd, 4096)
            except OSError:  # the terminal is gone with its last process
                return False
            if not block:
                return False
            self._bytes += block
        return True

    def press_ctrl_c(self) -> None:
        """Interrupt whatever runs there, the command's children too."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self) -> int:
        """Wait for the end, and return the exit code."""
        self.read_until(lambda _: False)
        return self.process.wait(timeout=30)
