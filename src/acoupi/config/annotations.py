"""What a type annotation says to a person."""

import types
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, RootModel

__all__ = ["arms", "bare", "choices", "holds_secret", "is_flag", "optional_model", "type_name"]

_NAMES = {
    "bool": "true or false",
    "bytes": "text",
    "ByteSize": "size",
    "date": "date",
    "datetime": "date and time",
    "Decimal": "number",
    "dict": "JSON object",
    "float": "number",
    "frozenset": "JSON list",
    "int": "whole number",
    "list": "JSON list",
    "Path": "path",
    "SecretBytes": "secret",
    "SecretStr": "secret",
    "set": "JSON list",
    "str": "text",
    "time": "time of day",
    "timedelta": "duration",
    "tuple": "JSON list",
    "ZoneInfo": "time zone",
}


def bare(annotation: Any) -> Any:
    """Return the annotation without ``Annotated`` and type aliases around it."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif hasattr(annotation, "__value__"):
            annotation = annotation.__value__
        else:
            return annotation


def arms(annotation: Any) -> tuple[Any, ...]:
    """Return the alternatives of a union, without None; of another type, itself."""
    annotation = bare(annotation)
    if get_origin(annotation) not in (Union, types.UnionType):
        return (annotation,)
    return tuple(bare(arm) for arm in get_args(annotation) if arm is not type(None))


def optional_model(annotation: Any) -> tuple[type[BaseModel], bool] | None:
    """Return the model class an annotation stands for, and whether it may be None."""
    alternatives = arms(annotation)
    if len(alternatives) != 1 or not _is_model(alternatives[0]):
        return None
    return alternatives[0], bare(annotation) is not alternatives[0]


def is_flag(annotation: Any) -> bool:
    """Tell whether an annotation takes only true and false, and perhaps None."""
    return arms(annotation) == (bool,)


def choices(annotation: Any) -> list[str]:
    """Return the texts an annotation is limited to; none if it is not limited."""
    found: list[str] = []
    for arm in arms(annotation):
        if get_origin(arm) is Literal:
            found += [_text(value) for value in get_args(arm)]
        elif isinstance(arm, type) and issubclass(arm, Enum):
            found += [_text(member.value) for member in arm]
        else:
            return []
    return found


def holds_secret(annotation: Any) -> bool:
    """Tell whether a value of this type can have a secret anywhere inside."""
    return any(hasattr(part, "get_secret_value") for part in _parts(annotation, set()))


def type_name(annotation: Any) -> str:
    """Name a type in plain words.

    >>> type_name(float | None)
    'number'
    """
    limited = choices(annotation)
    if limited:
        return "|".join(limited) if len(limited) <= 6 else "choice"
    return " or ".join(dict.fromkeys(map(_arm_name, arms(annotation))))


def _arm_name(arm: Any) -> str:
    kind = get_origin(arm) or arm
    if _is_model(kind):
        return "JSON object"
    name = getattr(kind, "__name__", "value")
    return _NAMES.get(name, "URL" if name.endswith("Url") else "value")


def _parts(annotation: Any, seen: set[Any]) -> Iterator[Any]:
    annotation = bare(annotation)
    if id(annotation) in seen:
        return
    seen.add(id(annotation))
    yield annotation
    inner: list[Any] = list(get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inner += [info.annotation for info in annotation.model_fields.values()]
    for part in inner:
        yield from _parts(part, seen)


def _is_model(kind: Any) -> bool:
    return (
        isinstance(kind, type) and issubclass(kind, BaseModel) and not issubclass(kind, RootModel)
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value)
