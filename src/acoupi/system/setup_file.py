"""Set up a home from a file: one that was exported, or the ``program.json`` of another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from acoupi.config import parse_config_from_args, walk
from acoupi.config.documents import unknown_names
from acoupi.config.flags import split
from acoupi.config.secrets import keep, without_masks
from acoupi.config.values import Json
from acoupi.config.versions import migrated, version_of
from acoupi.errors import ConfigurationError
from acoupi.system.config_export import Export, decode_document, read_export
from acoupi.system.programs import find_program_class
from acoupi.system.settings import Settings
from acoupi.system.setup_report import SetupReport
from acoupi.system.setups import set_up

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["SetupFile", "read_setup_file", "setup_from_file"]

MARK = "acoupi_config"


@dataclass(frozen=True)
class SetupFile:
    """A configuration for a home.

    Parameters
    ----------
    source
        What to call the file in an error.
    program
        The program that it is for, where the file says so.
    version
        That of the schema it was written for; None for today's.
    """

    source: str
    config: dict[str, Any]
    program: str | None = None
    version: int | None = None


def read_setup_file(text: str, source: str) -> SetupFile:
    """Return the configuration in a JSON or TOML text.

    Raises
    ------
    ConfigurationError
        If it is none.
    """
    document = decode_document(text, source)
    if not isinstance(document, dict):
        raise ConfigurationError(
            f"{source} holds no configuration", help="acoupi config export writes one"
        )
    if MARK not in document:
        return SetupFile(source, cast("dict[str, Any]", document))
    export: Export = read_export(text, source)
    return SetupFile(source, export.config, export.program, export.config_version)


def setup_from_file(
    settings: Settings,
    program_name: str,
    file: SetupFile,
    args: Sequence[str] = (),
    prompt: bool = False,
    keep_secrets: bool = True,
) -> SetupReport:
    """Set up a home with what a file says, and flags before that.

    Parameters
    ----------
    args
        Flags, whose values come before those of the file.
    prompt
        Whether to ask for what neither gives and has no default, and show it all.
    keep_secrets
        Whether secrets that the file masks are those that the home has.

    Raises
    ------
    ConfigurationError
        If the file does not fit the program.
    """
    _refuse_other_program(settings, program_name, file)
    masked: list[str] = []

    def configure(schema: "type[BaseModel]", kept: Json) -> "BaseModel":
        document, masked[:] = _document(schema, file, kept)
        return parse_config_from_args(
            schema, list(args), prompt=prompt, kept=document, only_missing=True
        )

    command = f"acoupi setup --program {program_name} --config {file.source}"
    report = set_up(settings, program_name, configure, keep_secrets, command)
    return replace(report, kept=False, missing_secrets=[*_still_missing(masked, args)])


def _refuse_other_program(settings: Settings, program_name: str, file: SetupFile) -> None:
    if file.program in (None, program_name):
        return
    wanted = find_program_class(settings, program_name)
    if find_program_class(settings, file.program) is not wanted:
        raise ConfigurationError(
            f"{file.source} is for {file.program}, not for {program_name}",
            help=f"leave out --program, or say --program {file.program}",
        )


def _document(schema: "type[BaseModel]", file: SetupFile, kept: Json) -> tuple[Json, list[str]]:
    """Return what a file says, with the home's secrets, and those that are nowhere."""
    version = version_of(schema) if file.version is None else file.version
    document = migrated(schema, file.config, version)
    document, masked = without_masks(keep(document, kept, document))
    if unknown := unknown_names(walk(schema), document):
        raise ConfigurationError(
            f"{file.source}: the program has no field {', '.join(unknown)}",
            help="this device may have another version of the program",
        )
    return document, masked


def _still_missing(masked: Sequence[str], args: Sequence[str]) -> Iterator[str]:
    given = {flag.name for flag in split(args)}
    return (name for name in masked if name not in given)
