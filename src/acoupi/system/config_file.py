"""The configuration file of a home: read as today's schema wants it, and changed safely."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from acoupi.config import file_text, load_config, read_document
from acoupi.config.versions import FIRST_VERSION, migrated, version_of
from acoupi.errors import ConfigurationError
from acoupi.system.config_history import Entry, add_entry, latest_entry
from acoupi.system.home_lock import changing
from acoupi.system.pending import PRIVATE_FILE_MODE, HomeFile, finish_writing, write_together
from acoupi.system.settings import Settings

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = [
    "ConfigChange",
    "change_config",
    "config_files",
    "keep_present",
    "load_home_config",
    "note_config",
    "noted_version",
    "present_document",
    "replace_config",
]


@dataclass(frozen=True)
class ConfigChange:
    """What a command has made of a configuration."""

    before: "BaseModel | None"
    """None where it could not be read."""
    after: "BaseModel"
    is_made: bool
    """Whether the file is any different."""


def load_home_config(settings: Settings, schema: "type[BaseModel]") -> "BaseModel":
    """Load the configuration of a home; one of an earlier version is migrated first.

    Raises
    ------
    ConfigurationError
        If the file is absent, not JSON, or holds what the schema does not allow.
    """
    finish_writing(settings)
    if settings.program_config_file.is_file() and noted_version(settings) != version_of(schema):
        with changing(settings):
            _migrate(settings, schema)
    return load_config(settings.program_config_file, schema)


def change_config(
    settings: Settings,
    schema: "type[BaseModel]",
    change: "Callable[[BaseModel], BaseModel]",
    command: str,
) -> ConfigChange:
    """Make a new configuration out of the one there is; nobody else can do so meanwhile.

    Parameters
    ----------
    settings
        Of the home.
    schema
        Of the configuration.
    change
        What is done to it. Nothing is written if it raises.
    command
        What makes the change, for the history.
    """
    load_home_config(settings, schema)  # brings it up to date
    with changing(settings):
        before = load_config(settings.program_config_file, schema)
        after = change(before)
        if file_text(after) == file_text(before):
            return ConfigChange(before, after, is_made=False)
        replace_config(settings, after, command)
        return ConfigChange(before, after, is_made=True)


def replace_config(
    settings: Settings, config: "BaseModel", command: str, back_to: int | None = None
) -> None:
    """Write a configuration and keep it in the history; the home must be locked.

    What was there before is in the history first: whoever changed it by hand
    can have it back too.
    """
    keep_present(settings)
    write_together(settings, config_files(settings, config))
    _note(settings, command, back_to)


def config_files(settings: Settings, config: "BaseModel") -> list[HomeFile]:
    """Return the files that hold a configuration."""
    path, version = settings.program_config_file, version_of(type(config))
    files = [HomeFile(path, file_text(config), PRIVATE_FILE_MODE)]
    if version != FIRST_VERSION or path.with_name("version").exists():
        files.append(HomeFile(path.with_name("version"), f"{version}\n"))
    return files


def note_config(settings: Settings, command: str) -> None:
    """Keep the configuration as it is in the history, unless it is the last one there."""
    with changing(settings):
        _note(settings, command)


def keep_present(settings: Settings) -> None:
    """Do the same before it is replaced, in a home that is locked already."""
    if settings.program_name_file.is_file():
        _note(settings, "changed by other means" if latest_entry(settings) else "as it was found")


def _note(settings: Settings, command: str, back_to: int | None = None) -> None:
    config, last = present_document(settings), latest_entry(settings)
    program = settings.program_name_file.read_text(encoding="utf-8").strip()
    if config is None or (last and (last.config, last.program) == (config, program)):
        return
    entry = Entry(
        number=last.number + 1 if last else 1,
        command=command,
        program=program,
        version=noted_version(settings),
        back_to=back_to,
        config=config,
    )
    add_entry(settings, entry)


def present_document(settings: Settings) -> dict[str, Any] | None:
    """Return the document as it is, or None where it cannot be read."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        document: object = json.loads(settings.program_config_file.read_bytes())
        return cast("dict[str, Any]", document) if isinstance(document, dict) else None
    return None


def noted_version(settings: Settings) -> int:
    """Return the version of the schema that the configuration was written for."""
    path = settings.program_config_file.with_name("version")
    try:
        return int(path.read_text())
    except FileNotFoundError:
        return FIRST_VERSION
    except ValueError:
        raise ConfigurationError(
            f"{path} should hold the version of the configuration, a whole number",
            help="correct it, or run acoupi setup again with --no-keep",
        ) from None


def _migrate(settings: Settings, schema: "type[BaseModel]") -> None:
    version, document = noted_version(settings), present_document(settings)
    if version == version_of(schema) or document is None:
        return
    path = settings.program_config_file
    config = read_document(migrated(schema, document, version), schema, f"{path}, migrated")
    backup = path.with_name(f"{path.name}.v{version}.bak")
    keep_present(settings)
    copy = HomeFile(backup, path.read_text(encoding="utf-8"), PRIVATE_FILE_MODE)
    write_together(settings, [copy, *config_files(settings, config)])
    _note(settings, f"migrated from version {version} to {version_of(schema)}")
