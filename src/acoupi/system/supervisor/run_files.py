"""Small files that tell others about us; without them we go on."""

import contextlib
import logging
from collections.abc import Iterable
from pathlib import Path

from acoupi.system.settings import Settings

__all__ = ["RESERVED_NAMES", "RunFiles"]

logger = logging.getLogger(__name__)

RESERVED_NAMES = {"beat", "supervisor"}
"""Not for workers."""


class RunFiles:
    """Process ids, and what the supervisor says about itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pending: dict[Path, str] = {}

    def note_pid(self, name: str, pid: int) -> None:
        """Note the process id of a child."""
        self._write(self._settings.pid_file(name), f"{pid}\n")

    def note_status(self, text: str) -> None:
        """Note how the children are, in one line."""
        self._write(self._settings.status_file, f"{text}\n")

    def forget_workers(self) -> None:
        """Remove what an earlier supervisor noted about itself and its workers."""
        noted = {path.stem for path in self._settings.run_dir.glob("*.pid")}
        self.forget(noted - RESERVED_NAMES)

    def forget(self, names: Iterable[str]) -> None:
        """Remove the process ids of these, and the status."""
        for path in (*map(self._settings.pid_file, names), self._settings.status_file):
            self._pending.pop(path, None)
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def retry(self) -> None:
        """Write what could not be written before."""
        for path, text in list(self._pending.items()):
            self._write(path, text)

    def _write(self, path: Path, text: str) -> None:
        """Write a file whole; it need not survive a power cut, so nothing waits for the disk."""
        temporary = path.with_name(f".{path.name}.new")
        try:
            temporary.write_text(text)
            temporary.replace(path)
        except OSError as error:
            if not self._pending:
                logger.warning("%s cannot be written: %s", path, error.strerror)
            self._pending[path] = text
        else:
            self._pending.pop(path, None)
