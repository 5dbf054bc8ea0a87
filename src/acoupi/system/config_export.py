"""One document that sets up many sensors alike."""

import json
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, Field, ValidationError

import acoupi
from acoupi.config.defaults import is_worked_out
from acoupi.config.documents import dump
from acoupi.config.fields import Leaf, Section, walk
from acoupi.config.toml import from_toml, to_toml
from acoupi.config.versions import FIRST_VERSION, version_of
from acoupi.errors import ConfigurationError

if TYPE_CHECKING:
    from acoupi.config.values import Json

__all__ = ["Export", "decode_document", "export_config", "read_export"]

FORMAT = 1
HINT = "acoupi config export writes one"


class Export(BaseModel):
    """A configuration with what one must know to use it elsewhere."""

    acoupi_config: int = Field(default=FORMAT, ge=1, le=FORMAT)
    """The form of this document."""
    acoupi: str
    """The version of acoupi that wrote it."""
    program: str
    program_version: str | None = None
    """The version of the package that the program is in."""
    config_version: int = FIRST_VERSION
    """The version of the program's schema."""
    config: dict[str, Any]

    def text(self, as_toml: bool = False) -> str:
        """Return the document as JSON or TOML."""
        document = self.model_dump(mode="json")
        if as_toml:
            return to_toml(document)
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def export_config(program: str, config: BaseModel, show_secrets: bool) -> Export:
    """Return the document for a program and its configuration."""
    return Export(
        acoupi=acoupi.__version__,
        program=program,
        program_version=_package_version(program),
        config_version=version_of(type(config)),
        config=_without_own(walk(type(config)), dump(config, show_secrets=show_secrets)),
    )


def read_export(text: str, source: str) -> Export:
    """Return the document in a text.

    Parameters
    ----------
    source
        What to call it in an error.

    Raises
    ------
    ConfigurationError
        If it is no export that this acoupi can read.
    """
    document = decode_document(text, source)
    try:
        return Export.model_validate(document)
    except ValidationError as error:
        names = ", ".join(sorted({str(item["loc"][0]) for item in error.errors() if item["loc"]}))
        what = f": {names}" if names else ""
        raise ConfigurationError(f"{source} is no exported configuration{what}", HINT) from None


def _without_own(section: Section, document: "dict[str, Json]") -> "dict[str, Json]":
    """Leave out what each device works out for itself, such as its folders."""
    kept: dict[str, Json] = {}
    for key, value in document.items():
        child = section.by_key(key)
        if isinstance(child, Section) and isinstance(value, dict):
            kept[key] = _without_own(child, cast("dict[str, Json]", value))
        elif not (isinstance(child, Leaf) and is_worked_out(child, value)):
            kept[key] = value
    return kept


def decode_document(text: str, source: str, help: str | None = None) -> "Json":
    """Return what a JSON or TOML text holds."""
    if not text.lstrip().startswith(("{", "[", '"')):
        return from_toml(text, source)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        toml = text.lstrip().startswith(("[", '"'))
        if toml:  # a table or a quoted key begins like this too
            return from_toml(text, source)
        where = f"line {error.lineno}, column {error.colno}"
        raise ConfigurationError(f"{source} is not JSON: {where}: {error.msg}", help) from None
    except (RecursionError, ValueError) as error:
        raise ConfigurationError(f"{source} is not JSON: {error}", help) from None


def _package_version(program: str) -> str | None:
    try:
        return version(program.partition(".")[0])
    except (PackageNotFoundError, ValueError):
        return None
