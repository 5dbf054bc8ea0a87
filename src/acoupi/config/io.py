"""Configurations as files."""

import json
import logging
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import to_jsonable_python

from acoupi._files import write_atomic
from acoupi.config.documents import completed, dump, unknown_names
from acoupi.config.fields import walk
from acoupi.config.problems import explain, refusal
from acoupi.config.secrets import reveal
from acoupi.config.values import Json
from acoupi.errors import ConfigurationError

__all__ = ["dump_config", "file_text", "load_config", "read_document", "write_config"]

C = TypeVar("C", bound=BaseModel)

PRIVATE = 0o600

logger = logging.getLogger(__name__)


def dump_config(config: object, indent: int | None = 4, show_secrets: bool = False) -> str:
    """Return a configuration, or a value out of one, as JSON text.

    Parameters
    ----------
    show_secrets
        Write secrets as they are; otherwise a mask stands in their place.
    """
    if isinstance(config, BaseModel):
        document = dump(config, show_secrets)
    else:
        document = to_jsonable_python(config, fallback=str)
        document = reveal(config, document) if show_secrets else document
    return json.dumps(document, indent=indent, ensure_ascii=False)


def write_config(config: BaseModel | None, path: Path) -> None:
    """Write a configuration, secrets and all, for its owner's eyes only; None writes nothing."""
    if config is not None:
        write_atomic(path, file_text(config), mode=PRIVATE)


def file_text(config: BaseModel) -> str:
    """Return what a configuration's file holds: everything, secrets too."""
    return f"{dump_config(config, show_secrets=True)}\n"


def load_config(path: Path, schema: type[C]) -> C:
    """Load a configuration from a file.

    A field that the schema does not know is named in the log and left out,
    unless the schema forbids it: the file may be from another version.

    Raises
    ------
    ConfigurationError
        If there is no such file, it is not JSON, or a field is not valid.
    """
    document = _decode(path, _read(path))
    return read_document(document, schema, path, f"correct {path}, or {_WAY_BACK}")


def read_document(
    document: Json, schema: type[C], source: Path | str, help: str | None = None
) -> C:
    """Do the same with a document that is read already.

    Parameters
    ----------
    source
        What to call it in an error, and in the log.
    help
        What to do about an error.
    """
    section = walk(schema)
    document = completed(section, document)
    try:
        config = schema.model_validate_json(json.dumps(document))
    except ValidationError as error:
        problems = explain(error, section, document)
        refused = refusal(problems, str(source), help)
        refused.message = refused.message if len(problems) > 1 else f"{source}: {refused.message}"
        raise refused from None
    for name in unknown_names(section, document):
        logger.warning("unknown field left out: %s in %s", name, source)
    return config


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            f"there is no configuration at {path}", help=f"acoupi setup writes one; {_WAY_BACK}"
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not text in UTF-8", help=_BACK) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError(f"{path} cannot be read: {reason}") from error


def _decode(path: Path, text: str) -> Json:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ConfigurationError(f"{path} is not JSON: {where}: {error.msg}", help=_BACK) from None
    except (RecursionError, ValueError) as error:
        raise ConfigurationError(f"{path} is not JSON: {error}", help=_BACK) from None


_WAY_BACK = "acoupi config undo brings back the last one that was whole"
_BACK = f"correct the file, or {_WAY_BACK}"
