"""What a configuration would be if only what is required had been given."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from pydantic import BaseModel, ValidationError
from pydantic_core import to_jsonable_python

from acoupi.config.documents import build, default_document, default_of, dump
from acoupi.config.fields import FieldPath, Leaf, Node, Section, walk
from acoupi.config.flat import flatten
from acoupi.config.values import Json

__all__ = ["NO_DEFAULT", "default_at", "default_values", "is_worked_out"]

NO_DEFAULT = object()


def default_at(nodes: Sequence[Node]) -> Json:
    """Return what the defaults of the sections on the way to a node set for it.

    Parameters
    ----------
    nodes
        From the root to the node.

    Returns
    -------
    Json
        ``NO_DEFAULT`` where they set nothing: then the node's own default
        holds, if it has one.
    """
    held: Json = NO_DEFAULT
    for node in nodes[1:]:
        if isinstance(held, dict) and node.key in held:
            held = cast("dict[str, Json]", held)[node.key]
        else:
            held = _own_default(node)
    return held


def default_values(config: BaseModel) -> dict[str, Json]:
    """Return the default of each field that has one, by its dotted name, secrets too.

    A field of a section that is not there by default has none.
    """
    section = walk(type(config))
    required = _required(section, dump(config), None)
    document = build(section, required)
    try:
        found = dump(type(config).model_validate_json(json.dumps(document)))
    except ValidationError:  # the defaults and these values exclude each other
        return {leaf.name: _plain(leaf) for leaf in section.leaves() if not leaf.is_required}
    names = {".".join(path) for path in required}
    return {name: value for name, value in flatten(section, found).items() if name not in names}


def is_worked_out(leaf: Leaf, value: Json) -> bool:
    """Tell whether a value is the place that a field's default factory gives on this device."""
    if leaf.info.default_factory is None:
        return False
    default = default_of(leaf.info)
    return isinstance(default, Path) and str(default) == value


def _own_default(node: Node) -> Json:
    if isinstance(node, Leaf):
        return NO_DEFAULT
    document = default_document(node)
    if document is None and node.is_required:
        return None if node.is_optional else {}
    return NO_DEFAULT if document is None else document


def _required(section: Section, document: Json, held: Json) -> dict[FieldPath, Json]:
    """Return the values of the fields that nothing gives a default."""
    given: dict[FieldPath, Json] = {}
    values = cast("dict[str, Json]", document) if isinstance(document, dict) else {}
    defaults = cast("dict[str, Json]", held) if isinstance(held, dict) else {}
    for child in section.children:
        if isinstance(child, Leaf):
            if child.is_required and child.key not in defaults and child.key in values:
                given[child.path] = values[child.key]
        elif isinstance(inner := defaults.get(child.key, _own_default(child)), dict):
            given |= _required(child, values.get(child.key), cast("Json", inner))
        elif inner is NO_DEFAULT and not child.is_optional:
            given |= _required(child, values.get(child.key), None)
    return given


def _plain(leaf: Leaf) -> Json:
    return to_jsonable_python(default_of(leaf.info), fallback=str)
