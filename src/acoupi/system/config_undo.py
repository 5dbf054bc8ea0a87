"""Take changes of a configuration back."""

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from acoupi._files import write_atomic
from acoupi.config import load_config, read_document
from acoupi.config.versions import migrated
from acoupi.errors import ConfigurationError
from acoupi.system.config_file import (
    ConfigChange,
    keep_present,
    present_document,
    replace_config,
)
from acoupi.system.config_history import Entry, entry_before, entry_numbered, read_history
from acoupi.system.home_lock import changing
from acoupi.system.pending import PRIVATE_FILE_MODE, finish_writing
from acoupi.system.settings import Settings

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["read_entry", "undo_config"]


def undo_config(
    settings: Settings, schema: "type[BaseModel]", steps: int = 1, number: int | None = None
) -> ConfigChange:
    """Bring back an earlier configuration, whatever has become of the file.

    Parameters
    ----------
    settings
        Of the home.
    schema
        Of the configuration.
    steps
        How many changes to take back.
    number
        The entry of the history to bring back instead.

    Raises
    ------
    ConfigurationError
        If the history does not go back that far, or to another program.
    """
    finish_writing(settings)
    with changing(settings):
        keep_present(settings)
        before = _present(settings, schema)
        entries = read_history(settings)
        is_kept = bool(entries) and entries[-1].config == present_document(settings)
        entry = _chosen(entries, steps if is_kept else steps - 1, number)
        _refuse_other_program(settings, entry)
        after = read_entry(entry, schema)
        if before is None:
            _set_aside(settings)
        replace_config(settings, after, f"acoupi config undo to {entry.number}", entry.number)
    return ConfigChange(before, after, is_made=before != after)


def read_entry(entry: Entry, schema: "type[BaseModel]") -> "BaseModel":
    """Return the configuration that an entry holds."""
    document = migrated(schema, entry.config, entry.version)
    return read_document(document, schema, f"entry {entry.number} of the history")


def _chosen(entries: Sequence[Entry], steps: int, number: int | None) -> Entry:
    if number is not None:
        return entry_numbered(entries, number)
    entry = entry_before(entries, steps)
    if entry is None:
        raise ConfigurationError(
            "the history does not go back that far", help="acoupi config history lists it"
        )
    return entry


def _refuse_other_program(settings: Settings, entry: Entry) -> None:
    program = settings.program_name_file.read_text(encoding="utf-8").strip()
    if entry.program != program:
        raise ConfigurationError(
            f"entry {entry.number} of the history is a configuration of {entry.program}; "
            f"{program} is set up now",
            help=f"set that one up first: acoupi setup --program {entry.program}",
        )


def _present(settings: Settings, schema: "type[BaseModel]") -> "BaseModel | None":
    with contextlib.suppress(ConfigurationError):
        return load_config(settings.program_config_file, schema)
    return None


def _set_aside(settings: Settings) -> None:
    """Keep the file that cannot be used, for its owner to look at."""
    path = settings.program_config_file
    if path.is_file():
        write_atomic(path.with_name(f"{path.name}.bak"), path.read_bytes(), PRIVATE_FILE_MODE)
