"""Every state that a home's configuration has had, and the way back."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from acoupi._clock import utc_now
from acoupi._files import sync_directory, write_atomic
from acoupi.errors import ConfigurationError
from acoupi.system.pending import PRIVATE_FILE_MODE
from acoupi.system.settings import Settings

__all__ = [
    "LONGEST_HISTORY",
    "Entry",
    "add_entry",
    "entry_before",
    "entry_numbered",
    "latest_entry",
    "read_history",
]

LONGEST_HISTORY = 100
PRIVATE_DIRECTORY_MODE = 0o700


class Entry(BaseModel):
    """The configuration after a change."""

    number: int
    made_on: AwareDatetime = Field(default_factory=utc_now)
    command: str
    """What made it, without values."""
    program: str
    version: int
    """Of the program's schema."""
    back_to: int | None = None
    """The earlier entry that it brought back."""
    config: dict[str, Any]


def read_history(settings: Settings) -> list[Entry]:
    """Return all entries that can be read, the oldest first."""
    entries = (_read(path) for path in _paths(settings))
    return [entry for entry in entries if entry is not None]


def latest_entry(settings: Settings) -> Entry | None:
    """Return the last entry that can be read."""
    entries = (_read(path) for path in reversed(_paths(settings)))
    return next((entry for entry in entries if entry is not None), None)


def add_entry(settings: Settings, entry: Entry) -> None:
    """Keep a state; the oldest are forgotten when there are too many."""
    directory = _directory(settings)
    if not directory.is_dir():
        directory.mkdir(mode=PRIVATE_DIRECTORY_MODE)
        sync_directory(directory.parent)
    path = directory / f"{entry.number:06d}.json"
    write_atomic(path, entry.model_dump_json(indent=2) + "\n", PRIVATE_FILE_MODE)
    for old in _paths(settings)[:-LONGEST_HISTORY]:
        old.unlink(missing_ok=True)


def entry_numbered(entries: Sequence[Entry], number: int) -> Entry:
    """Return the entry with a number.

    Raises
    ------
    ConfigurationError
        If there is none.
    """
    found = next((entry for entry in entries if entry.number == number), None)
    if found is None:
        raise ConfigurationError(
            f"the history has no entry {number}", help="acoupi config history lists them"
        )
    return found


def entry_before(entries: Sequence[Entry], steps: int) -> Entry | None:
    """Return the state so many changes before the last; what was undone does not count."""
    place = len(entries) - 1
    for _ in range(steps):
        place = _base(entries, place) - 1
    place = _base(entries, place)
    return entries[place] if place >= 0 else None


def _base(entries: Sequence[Entry], place: int) -> int:
    """Return where the state of an entry first came up, as far as is known."""
    while place >= 0 and entries[place].back_to is not None:
        earlier = [n for n in range(place) if entries[n].number == entries[place].back_to]
        if not earlier:
            break
        place = earlier[0]
    return place


def _directory(settings: Settings) -> Path:
    return settings.program_config_file.with_name("history")


def _paths(settings: Settings) -> list[Path]:
    return sorted(_directory(settings).glob("[0-9]*.json"))


def _read(path: Path) -> Entry | None:
    with contextlib.suppress(OSError, ValidationError):
        return Entry.model_validate_json(path.read_bytes())
    return None
