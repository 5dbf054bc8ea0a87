"""JSON documents as TOML, which has no null.

What is null is left out, or empty in a list, and its place noted under
``null`` as a JSON pointer (RFC 6901).
"""

import tomllib
from collections.abc import Iterator
from typing import Any, cast

from acoupi.config.values import Json
from acoupi.errors import ConfigurationError

__all__ = ["from_toml", "to_toml"]

NULLS = "null"


def to_toml(document: dict[str, Json]) -> str:
    """Return a document as TOML text."""
    import tomli_w

    nulls = list(_nulls(document, ""))
    noted = {NULLS: nulls} if nulls else {}
    return tomli_w.dumps({**noted, **_without_nulls(document)}, multiline_strings=False)


def from_toml(text: str, source: str) -> dict[str, Json]:
    """Return the document that a TOML text stands for.

    Raises
    ------
    ConfigurationError
        If it is not TOML; the message has the line.
    """
    try:
        document: dict[str, Any] = tomllib.loads(text)
        for pointer in document.pop(NULLS, []):
            _set_null(document, pointer)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{source} is neither JSON nor TOML: {error}") from None
    except (LookupError, ValueError, TypeError, AttributeError):
        raise ConfigurationError(f"{source}: a place under {NULLS} is not there") from None
    return document


def _nulls(value: Json, pointer: str) -> Iterator[str]:
    if value is None:
        yield pointer
    items = enumerate(cast("list[Json]", value)) if isinstance(value, list) else ()
    if isinstance(value, dict):
        items = cast("dict[str, Json]", value).items()
    for key, inner in items:
        yield from _nulls(inner, f"{pointer}/{_escaped(str(key))}")


def _without_nulls(value: Json) -> Any:
    if isinstance(value, dict):
        held = cast("dict[str, Json]", value)
        return {key: _without_nulls(inner) for key, inner in held.items() if inner is not None}
    if isinstance(value, list):
        items = cast("list[Json]", value)
        return ["" if inner is None else _without_nulls(inner) for inner in items]
    return value


def _set_null(document: Json, pointer: str) -> None:
    *way, last = [_unescaped(key) for key in pointer.split("/")[1:]]
    for key in way:
        document = document[_index(document, key)]
    document[_index(document, last)] = None


def _index(container: Json, key: str) -> int | str:
    return int(key) if isinstance(container, list) else key


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _unescaped(key: str) -> str:
    return key.replace("~1", "/").replace("~0", "~")
