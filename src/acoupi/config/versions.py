"""Configurations whose schema has changed.

A schema says which version it is with ``config_version: ClassVar[int] = 2``,
and how a document of an earlier version becomes one of the next with a class
method ``migrate(document, version)``. One that says nothing is version 1.
"""

from copy import deepcopy
from typing import Any

from pydantic import BaseModel

from acoupi.config.values import Json
from acoupi.errors import ConfigurationError

__all__ = ["FIRST_VERSION", "migrated", "version_of"]

FIRST_VERSION = 1


def version_of(schema: type[BaseModel]) -> int:
    """Return the version of a schema.

    >>> version_of(BaseModel)
    1
    """
    return int(getattr(schema, "config_version", FIRST_VERSION))


def migrated(schema: type[BaseModel], document: Json, version: int) -> Json:
    """Return a document of an earlier version as one of today's.

    Raises
    ------
    ConfigurationError
        If it is of a later version, or the schema cannot read it.
    """
    wanted = version_of(schema)
    if version > wanted:
        raise ConfigurationError(
            f"the configuration is of version {version}; this program knows up to {wanted}",
            help="install the newer version of the program, or run acoupi config undo",
        )
    migrate: Any = getattr(schema, "migrate", None)
    if version < wanted and migrate is None:
        raise ConfigurationError(
            f"{schema.__name__} is of version {wanted} but reads no version {version}",
            help="run acoupi setup again with --no-keep",
        )
    for earlier in range(version, wanted):
        document = _next(schema, migrate, document, earlier)
    return document


def _next(schema: type[BaseModel], migrate: Any, document: Json, version: int) -> Json:
    try:
        return migrate(deepcopy(document), version)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"the configuration of version {version} cannot be brought to version "
            f"{version_of(schema)}: {type(error).__name__}: {error}",
            help="run acoupi setup again with --no-keep",
        ) from error
