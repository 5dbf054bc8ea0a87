"""Small files that tell others about us; without them we go on."""

import contextlib
import logging
from collections.abc import Generator, Iterable
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
        self._told = False

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
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _write(self, path: Path, text: str) -> None:
        """Write a file whole; it need not survive a power cut, so nothing waits for the disk."""
        temporary = path.with_name(f".{path.name}.new")
        with self._reporting(path):
            temporary.write_text(text)
            temporary.replace(path)

    @contextlib.contextmanager
    def _reporting(self, path: Path) -> Generator[None]:
        try:
            yield
        except OSError as error:
            if not self._told:
                logger.warning("%s cannot be written: %s", path, error.strerror)
            self._told = True
        else:
            self._told = False
