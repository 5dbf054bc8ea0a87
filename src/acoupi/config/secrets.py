"""Keep secrets out of what is shown, and in what is kept."""

import json
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any, cast

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from acoupi.config.fields import Section
from acoupi.config.values import Json

__all__ = ["MASK", "keep", "reveal", "texts", "without_masks"]

MASK = "**********"


def reveal(value: object, document: Json) -> Json:
    """Return a dumped value with its secrets in place of the masks.

    Parameters
    ----------
    value
        What was dumped: a model, a secret, or a container with them inside.
    document
        What pydantic made of it.
    """
    if hasattr(value, "get_secret_value"):
        return _plain(cast("Any", value).get_secret_value())
    if isinstance(value, BaseModel) and isinstance(document, dict):
        return _reveal_model(value, cast("dict[str, Json]", document))
    if isinstance(value, Mapping) and isinstance(document, dict):
        inner = list(cast("Mapping[object, object]", value).values())
        pairs = zip(inner, cast("dict[str, Json]", document).items(), strict=False)
        return {key: reveal(item, dumped) for item, (key, dumped) in pairs}
    if isinstance(value, list | tuple | set | frozenset) and isinstance(document, list):
        items = cast("Iterable[object]", value)
        pairs = zip(items, cast("list[Json]", document), strict=False)
        revealed = [reveal(item, dumped) for item, dumped in pairs]
        # A set has no order of its own; its file should not change from day to day.
        is_set = isinstance(value, set | frozenset)
        return sorted(revealed, key=json.dumps) if is_set else revealed
    return document


def keep(new: Json, old: Json, shown: Json) -> Json:
    """Return ``new`` with the old secret wherever it still has the mask that was shown."""
    if isinstance(new, dict) and isinstance(old, dict) and isinstance(shown, dict):
        olds, showns = cast("dict[str, Json]", old), cast("dict[str, Json]", shown)
        return {
            key: keep(value, olds.get(key), showns.get(key))
            for key, value in cast("dict[str, Json]", new).items()
        }
    if isinstance(new, list) and isinstance(old, list) and isinstance(shown, list):
        pairs = zip(cast("list[Json]", old), cast("list[Json]", shown), strict=False)
        return [
            keep(item, *(pair or (None, None)))
            for item, pair in zip_longest(cast("list[Json]", new), pairs)
        ][: len(cast("list[Json]", new))]
    return cast("Json", old if new == shown == MASK else new)


def without_masks(document: Json, path: str = "") -> tuple[Json, list[str]]:
    """Return a document without the masks that stand for no secret, and where they were."""
    if isinstance(document, list):
        pairs = [
            without_masks(v, f"{path}{n}.") for n, v in enumerate(cast("list[Json]", document))
        ]
        return [value for value, _ in pairs], [name for _, names in pairs for name in names]
    if not isinstance(document, dict):
        return document, []
    kept: dict[str, Json] = {}
    masked: list[str] = []
    for key, value in cast("dict[str, Json]", document).items():
        if value == MASK:
            masked.append(f"{path}{key}")
        else:
            kept[key], inner = without_masks(value, f"{path}{key}.")
            masked += inner
    return kept, masked


def texts(section: Section, document: Json) -> set[str]:
    """Return every text that stands in a secret's place in a document."""
    found: set[str] = set()
    content = cast("dict[str, Json]", document) if isinstance(document, dict) else {}
    for child in section.children:
        value = content.get(child.key)
        if isinstance(child, Section):
            found |= texts(child, value)
        elif child.is_secret:
            found |= set(_strings(value))
    return found


def _strings(value: Json) -> Iterable[str]:
    if isinstance(value, dict):
        value = list(cast("dict[str, Json]", value).values())
    if isinstance(value, list):
        for item in cast("list[Json]", value):
            yield from _strings(item)
    elif value not in (None, "", MASK):
        yield str(value)


def _reveal_model(model: BaseModel, document: dict[str, Json]) -> dict[str, Json]:
    revealed = dict(document)
    for name, info in type(model).model_fields.items():
        for key in (info.serialization_alias, info.alias, name):
            if key in revealed:
                revealed[key] = reveal(getattr(model, name), revealed[key])
                break
    return revealed


def _plain(secret: object) -> Json:
    return to_jsonable_python(secret)
