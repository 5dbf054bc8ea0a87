"""``acoupi config validate``."""

from typing import TYPE_CHECKING, Any, cast

import click

from acoupi.cli.base import HomeCommand
from acoupi.cli.commands.config.common import json_option, read_text, schema_of
from acoupi.cli.render import result, result_json

if TYPE_CHECKING:
    from acoupi.errors import AcoupiError
    from acoupi.system import Settings

__all__ = ["validate"]


@click.command(
    "validate",
    cls=HomeCommand,
    examples=(
        "acoupi config validate",
        "acoupi config validate new.json && acoupi config import new.json",
    ),
)
@click.argument("file", required=False)
@json_option
@click.pass_obj
def validate(settings: "Settings", file: str | None, as_json: bool) -> int:
    """Check a configuration without using it.

    FILE is one that acoupi config get or export wrote, or - for stdin; without
    it, the configuration of the home is checked. A program's own checks of its
    devices are those of acoupi check.
    """
    from acoupi.errors import ConfigurationError

    path = file or str(settings.program_config_file)
    try:
        _check(settings, path)
    except ConfigurationError as error:
        if not as_json:
            raise
        result_json({"file": path, "valid": False, "problems": _problems(error)})
        return error.exit_code
    if as_json:
        result_json({"file": path, "valid": True, "problems": []})
    else:
        result(f"{path}: ok")
    return 0


def _check(settings: "Settings", path: str) -> None:
    from acoupi.config import read_document, walk
    from acoupi.config.documents import unknown_names
    from acoupi.errors import ConfigurationError
    from acoupi.system.config_export import decode_document

    schema = schema_of(settings)
    hint = _hint(settings, path)
    document: Any = decode_document(read_text(path), path, hint)
    if isinstance(document, dict) and "acoupi_config" in document:
        document = cast("dict[str, Any]", document).get("config")
    read_document(document, schema, path, hint)
    if unknown := unknown_names(walk(schema), document):
        raise ConfigurationError(f"{path}: there is no field {', '.join(unknown)}")


def _hint(settings: "Settings", path: str) -> str:
    if path == str(settings.program_config_file):
        return f"correct {path}, or acoupi config undo brings back the last one that was whole"
    return f"correct {path}"


def _problems(error: "AcoupiError") -> list[dict[str, str]]:
    from acoupi.config.problems import InvalidValuesError

    if not isinstance(error, InvalidValuesError):
        return [{"field": "", "reason": error.message}]
    return [{"field": p.field, "value": p.value, "reason": p.reason} for p in error.problems]
