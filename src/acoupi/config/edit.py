"""Read and change one field of a configuration by its dotted name."""

import json
from typing import Any, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json, to_jsonable_python

from acoupi.config.defaults import NO_DEFAULT, default_at
from acoupi.config.documents import completed, dump, unknown_names
from acoupi.config.fields import Leaf, Node, Section, nearest, walk
from acoupi.config.problems import explain, refusal, shown
from acoupi.config.secrets import MASK, keep, reveal
from acoupi.config.values import Json, json_from_text, readable
from acoupi.errors import ParameterError

__all__ = ["get_config_field", "set_config_field", "set_field_from_text", "unset_config_field"]

C = TypeVar("C", bound=BaseModel)


def get_config_field(config: BaseModel, field: str) -> Any:
    """Return the value of a field, of a section, or of an item inside (``"stations.0"``).

    Raises
    ------
    ParameterError
        If there is no such field.
    """
    value: Any = config
    for name in field.split(".") if field else ():
        value = _inner(value, name, config, field)
    return value


def set_config_field(
    config: C,
    field: str,
    value: Any,
    is_json: bool = False,
    strict: bool = False,
    from_attributes: bool = False,
) -> C:
    """Return a copy of a configuration with another value for one field.

    Parameters
    ----------
    field
        The dotted name of a field or section; empty for the whole.
    value
        The new value; for a section a mapping or a model. A masked secret in
        it stands for the secret that is there.
    is_json
        Whether ``value`` is a JSON text.
    strict
        Whether to take values of the very type only.
    from_attributes
        Whether a section may be read from the attributes of any object.

    Raises
    ------
    ParameterError
        If there is no such field, or it cannot have this value.
    """
    nodes, rest = _find(config, field)
    node = nodes[-1]
    if is_json:
        document = _decoded(value, node)
    else:
        document = _document(node, value, from_attributes)
        if strict and not rest:
            _check_type(node, value)
    return _replaced(config, nodes, rest, document)


def set_field_from_text(config: C, field: str, text: str) -> C:
    """Do the same from a word of the command line: as it is, or as JSON."""
    nodes, rest = _find(config, field)
    leaf = nodes[-1]
    if isinstance(leaf, Section) or rest:
        return set_config_field(config, field, text, is_json=not rest or readable(text) != text)
    try:
        value = json_from_text(leaf.adapter, text)
    except ValidationError as error:
        raise _refusal(error, leaf, readable(text)) from None
    return _replaced(config, nodes, rest, value)


def unset_config_field(config: C, field: str) -> C:
    """Return a copy of a configuration with a field or section as it is by default.

    Raises
    ------
    ParameterError
        If there is no such field, or it has no default.
    """
    nodes, rest = _find(config, field)
    node, root = nodes[-1], cast("Section", nodes[0])
    if rest or node is root:
        raise ParameterError(field, f"{shown(field)} is not a field, which alone has a default")
    default = default_at(nodes)
    if default is NO_DEFAULT and isinstance(node, Leaf) and node.is_required:
        raise ParameterError(
            field,
            f"{node.name} has no default",
            help=f"acoupi config set --field {node.name} VALUE",
        )
    document = _unset(dump(config), [n.key for n in nodes[1:]], default)
    return _validated(config, root, document)


def _inner(value: Any, name: str, config: BaseModel, field: str) -> Any:
    if isinstance(value, BaseModel) and name in type(value).model_fields:
        return getattr(value, name)
    if isinstance(value, dict) and name in value:
        return cast("dict[str, Any]", value)[name]
    if isinstance(value, list | tuple) and name.isdecimal():
        items = cast("list[Any]", value)
        if int(name) < len(items):
            return items[int(name)]
    raise _unknown(field, walk(type(config)), config)


def _find(config: BaseModel, field: str) -> tuple[list[Node], list[str]]:
    """Return the nodes from the root to a field, and the part of the name inside its value."""
    root = walk(type(config))
    nodes: list[Node] = [root]
    names = field.split(".") if field else []
    for n, name in enumerate(names):
        last = nodes[-1]
        if isinstance(last, Leaf):
            return nodes, names[n:]
        child = next((c for c in last.children if c.path[-1] == name), None)
        if child is None:
            raise _unknown(field, root, config)
        nodes.append(child)
    return nodes, []


def _unknown(field: str, root: Section, config: BaseModel) -> ParameterError:
    names = [node.name for node in root.nodes()]
    meant = nearest(field, names)
    message = f"{type(config).__name__} has no field {shown(field)}"
    return ParameterError(
        field,
        message,
        help=f"did you mean {meant}?" if meant else f"its fields are {', '.join(names[:12])}",
    )


def _decoded(value: Any, node: Node) -> Json:
    try:
        return from_json(value)
    except (ValueError, TypeError) as error:
        where = node.name or "the configuration"
        reason = f"{where}: {_safe(node, value)} is not JSON: {error}"
        raise ParameterError(value, reason, help="put text in double quotes") from None


def _document(node: Node, value: Any, from_attributes: bool) -> Json:
    try:
        if isinstance(node, Section) and from_attributes:
            return dump(node.model.model_validate(value, from_attributes=True))
        if isinstance(value, BaseModel):
            return dump(value)
        return reveal(value, to_jsonable_python(value))
    except ValidationError as error:
        raise _refusal(error, node, None) from None
    except ValueError as error:
        message = f"{node.name}: a {type(value).__name__} cannot be in a configuration"
        raise ParameterError(value, message) from error


def _check_type(node: Node, value: Any) -> None:
    adapter = node.adapter if isinstance(node, Leaf) else TypeAdapter(node.model)
    try:
        adapter.validate_python(value, strict=True)
    except ValidationError as error:
        raise _refusal(error, node, value) from None


def _replaced(config: C, nodes: list[Node], rest: list[str], value: Json) -> C:
    root = nodes[0]
    old, masked = dump(config), dump(config, show_secrets=False)
    keys = [*(node.key for node in nodes[1:]), *rest]
    document = keep(_with(old, keys, value, nodes[-1]), old, masked)
    unknown = unknown_names(root, document) if isinstance(root, Section) else []
    if unknown:
        raise _unknown(unknown[0], cast("Section", root), config)
    return _validated(config, root, document)


def _validated(config: C, root: Node, document: Json) -> C:
    if isinstance(root, Section):
        document = completed(root, document)
    try:
        return type(config).model_validate_json(json.dumps(document))
    except ValidationError as error:
        raise _refusal(error, root, document) from None


def _unset(document: Json, keys: list[str], default: Json) -> Json:
    """Return a document with its default at a place, or without the place."""
    key, *deeper = keys
    held = cast("dict[str, Json]", document if isinstance(document, dict) else {})
    if deeper:
        return {**held, key: _unset(held[key], deeper, default)} if held.get(key) else held
    rest = {name: value for name, value in held.items() if name != key}
    return rest if default is NO_DEFAULT else {**rest, key: default}


def _with(document: Json, keys: list[str], value: Json, node: Node) -> Json:
    """Return a document with a value at a place; sections on the way come to life."""
    if not keys:
        return value
    key, *deeper = keys
    if isinstance(document, list):
        items = cast("list[Json]", document)
        if not key.isdecimal() or int(key) >= len(items):
            raise ParameterError(key, f"{node.name} has no item {shown(key)}")
        return [_with(d, deeper, value, node) if str(i) == key else d for i, d in enumerate(items)]
    inner = cast("dict[str, Json]", document) if isinstance(document, dict) else {}
    return {**inner, key: _with(inner.get(key), deeper, value, node)}


def _safe(node: Node, value: object) -> str:
    secret = node.is_secret if isinstance(node, Leaf) else any(x.is_secret for x in node.leaves())
    return MASK if secret else shown(value)


def _refusal(error: ValidationError, node: Node, value: Json) -> ParameterError:
    refused = refusal(explain(error, node, value))
    return ParameterError(value, refused.message)
