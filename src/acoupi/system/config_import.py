"""Take a configuration over from an exported document."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from acoupi.config import read_document
from acoupi.config.documents import dump, unknown_names
from acoupi.config.fields import walk
from acoupi.config.secrets import keep, without_masks
from acoupi.config.versions import migrated
from acoupi.errors import ConfigurationError
from acoupi.system.config_export import Export
from acoupi.system.config_file import ConfigChange, change_config, load_home_config
from acoupi.system.program_classes import load_program_class
from acoupi.system.programs import find_program_class, load_installed_class
from acoupi.system.settings import Settings
from acoupi.system.setups import set_up

if TYPE_CHECKING:
    from pydantic import BaseModel

    from acoupi.config.values import Json

__all__ = ["Import", "import_config"]


@dataclass(frozen=True)
class Import:
    """What an import makes of a home, or would make."""

    change: ConfigChange
    sets_up: bool
    """Whether the home had no program, or another one."""
    missing_secrets: list[str] = field(default_factory=list[str])
    """Secrets that are neither in the document nor in the home."""


def import_config(
    settings: Settings, export: Export, source: str, program_change: bool, dry_run: bool
) -> Import:
    """Give a home the configuration in a document.

    Parameters
    ----------
    settings
        Of the home; it is set up if it is not.
    source
        Where the document is from.
    program_change
        Whether a home may get another program.
    dry_run
        Only find out what would become of it.

    Raises
    ------
    ConfigurationError
        If the document does not fit its program, or is for another one than the home's.
    """
    missing: list[str] = []
    is_same = _is_same_program(settings, export, program_change)
    schema = _schema(settings, export, is_same)

    def taken(present: "BaseModel | None") -> "BaseModel":
        config, masked = _taken(export, schema, present, source)
        missing[:] = masked
        return config

    command = f"acoupi config import {source}"
    if dry_run:
        before = load_home_config(settings, schema) if is_same else None
        change = ConfigChange(before, taken(before), is_made=False)
    elif is_same:
        change = change_config(settings, schema, taken, command)
    else:
        change = ConfigChange(None, taken(None), is_made=True)
        set_up(settings, export.program, lambda _, __: change.after, False, command)
    return Import(change, not is_same, missing)


def _is_same_program(settings: Settings, export: Export, program_change: bool) -> bool:
    if not settings.program_name_file.is_file():
        return False
    present = settings.program_name_file.read_text(encoding="utf-8").strip()
    if present == export.program:
        return True
    if not program_change:
        raise ConfigurationError(
            f"the configuration is for {export.program}; {present} is set up in {settings.home}",
            help="give the home that program with --program-change",
        )
    return load_installed_class(settings) is load_program_class(export.program)


def _schema(settings: Settings, export: Export, is_same: bool) -> "type[BaseModel]":
    if is_same:
        return load_installed_class(settings).get_config_schema()
    return find_program_class(settings, export.program).get_config_schema()


def _taken(
    export: Export, schema: "type[BaseModel]", present: "BaseModel | None", source: str
) -> "tuple[BaseModel, list[str]]":
    """Return the configuration in a document, with the home's secrets where it masks them."""
    document: Json = migrated(schema, export.config, export.config_version)
    if present is not None:
        document = keep(document, dump(present), dump(present, show_secrets=False))
    document, masked = without_masks(document)
    if unknown := unknown_names(walk(schema), document):
        names = ", ".join(unknown)
        raise ConfigurationError(
            f"{source}: {export.program} has no field {names}",
            help="this device may have another version of the program",
        )
    return read_document(cast("dict[str, Any]", document), schema, source), masked
