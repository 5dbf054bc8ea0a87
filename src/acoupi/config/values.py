"""What a word on the command line means, as JSON.

A configuration is a JSON document in the end, so a flag is read as the JSON a
person would have written there: ``5`` for a number, ``06:30`` for a time,
``["a", "b"]`` for a list.
"""

import contextlib
import json
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from pydantic import SecretBytes, SecretStr, TypeAdapter, ValidationError
from pydantic_core import from_json

__all__ = ["Json", "json_from_text", "readable"]

Json = Any
NOT_JSON = object()

# Reading digits as a number first would lose leading zeros and last decimals.
TEXT_FIRST = (str, bytes, SecretStr, SecretBytes, Decimal)


def json_from_text(adapter: TypeAdapter[Any], text: str) -> Json:
    """Return the JSON value that a text stands for in a field of this type.

    Raises
    ------
    pydantic.ValidationError
        If the field takes the text in no reading.
    """
    decoded = _decode(text)
    if decoded is not NOT_JSON:
        try:
            value = _validate(adapter, decoded)
        except ValidationError:
            if isinstance(decoded, list | dict) and not _takes(adapter, text):
                raise
        else:
            if not _reads_otherwise(decoded, value) or not _takes(adapter, text):
                return _checked(adapter, decoded, value, text)
    return _home_expanded(_validate(adapter, text), text)


def readable(text: str) -> Json:
    """Return the list or object that a text is as JSON, else the text."""
    decoded = _decode(text)
    is_container = isinstance(decoded, list | dict)
    return cast("Json", decoded) if is_container else text


def _checked(adapter: TypeAdapter[Any], decoded: Json, value: object, text: str) -> Json:
    """Refuse ``true`` where it would count as 1, and 22 where it would be 22 s after midnight."""
    counts_as_one = isinstance(decoded, bool) and type(value) in (int, float, Decimal)
    counts_seconds = isinstance(decoded, int | float) and isinstance(value, time)
    if counts_as_one or counts_seconds:
        _validate(adapter, text)
    return decoded


def _reads_otherwise(decoded: Json, value: object) -> bool:
    return isinstance(decoded, str) or isinstance(value, TEXT_FIRST)


def _validate(adapter: TypeAdapter[Any], candidate: Json) -> object:
    return adapter.validate_json(json.dumps(candidate))


def _takes(adapter: TypeAdapter[Any], text: str) -> bool:
    try:
        _validate(adapter, text)
    except ValidationError:
        return False
    return True


def _decode(text: str) -> Json:
    try:
        return from_json(text)
    except (ValueError, TypeError):  # TypeError: bytes that are no UTF-8
        return NOT_JSON


def _home_expanded(value: object, text: str) -> str:
    if isinstance(value, Path) and text.startswith("~"):
        with contextlib.suppress(RuntimeError):  # ~nobody stays as it is
            return str(value.expanduser())
    return text
