"""The JSON document that what was given on the command line adds up to."""

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from acoupi.config.fields import FieldPath, Leaf, Node, Section
from acoupi.config.secrets import reveal
from acoupi.config.values import Json

__all__ = [
    "Given",
    "build",
    "completed",
    "default_document",
    "default_of",
    "dump",
    "is_given",
    "known_part",
    "part_at",
    "unknown_names",
]

Given: TypeAlias = Mapping[FieldPath, Json]
"""Field paths to the values given for them; a section's value comes under those below it."""


def dump(config: BaseModel, show_secrets: bool = True, only_set: bool = False) -> Json:
    """Return a configuration as JSON values that load as the same configuration."""
    document: Json = config.model_dump(mode="json", by_alias=True, exclude_unset=only_set)
    return reveal(config, document) if show_secrets else document


def default_of(info: FieldInfo) -> Any:
    """Return a field's default, or None where there is none that stands alone."""
    if info.is_required() or info.default_factory_takes_validated_data:
        return None
    return info.get_default(call_default_factory=True)


def is_given(path: FieldPath, given: Given) -> bool:
    """Tell whether anything at or below a path was given."""
    return any(other[: len(path)] == path for other in given)


def build(section: Section, given: Given, base: Json = None) -> Json:
    """Return the document of a section.

    What was not given is left out, so that it takes its default when validated.

    Parameters
    ----------
    base
        What the section holds already.
    """
    own = given.get(section.path, base)
    if section.path in given and not isinstance(own, dict) and not _below(section.path, given):
        return own
    document = dict(cast("dict[str, Json]", own)) if isinstance(own, dict) else {}
    for child in section.children:
        if isinstance(child, Leaf):
            if child.path in given:
                document[child.key] = given[child.path]
        elif is_given(child.path, given) or (child.is_required and not child.is_optional):
            document[child.key] = build(
                child, given, document.get(child.key, default_document(child))
            )
    return document


def default_document(section: Section) -> Json:
    """Return what a section's default sets, or None where the default is no model."""
    default: Any = default_of(section.info) if section.info else None
    if not isinstance(default, BaseModel):
        return None
    # What a class derived from the section's leaves unset may differ from the section's own.
    is_own = type(default) is section.model
    return known_part(section, dump(default, only_set=is_own))


def completed(section: Section, document: Json) -> Json:
    """Return a document in which sections that are there lack nothing that their defaults set.

    What a section leaves out would else come from its class, which knows
    nothing of a schema that has a default of its own for it.
    """
    if not isinstance(document, dict):
        return document
    whole = dict(cast("dict[str, Json]", document))
    for child in section.children:
        held = whole.get(child.key)
        if isinstance(child, Section) and isinstance(held, dict):
            default = default_document(child)
            own = cast("dict[str, Json]", held)
            whole[child.key] = completed(
                child, {**default, **own} if isinstance(default, dict) else own
            )
    return whole


def unknown_names(section: Section, document: Json) -> list[str]:
    """Return the dotted names in a document that its schema does not know."""
    if not isinstance(document, dict) or section.model.model_config.get("extra") == "allow":
        return []
    unknown: list[str] = []
    for key, value in cast("dict[str, Json]", document).items():
        child = section.by_key(key)
        if child is None:
            unknown.append(".".join((*section.path, key)))
        elif isinstance(child, Section):
            unknown += unknown_names(child, value)
    return unknown


def known_part(section: Section, document: Json) -> Json:
    """Return a document without what its schema does not know."""
    if not isinstance(document, dict):
        return document
    held = cast("dict[str, Json]", document)
    if section.model.model_config.get("extra") == "allow":
        return held
    known: dict[str, Json] = {}
    for key, value in held.items():
        child = section.by_key(key)
        if child is not None:
            known[key] = known_part(child, value) if isinstance(child, Section) else value
    return known


def part_at(section: Section, document: Json, path: FieldPath) -> Json:
    """Return what a section's document holds for a field below it, or None."""
    node: Node = section
    for name in path[len(section.path) :]:
        children = node.children if isinstance(node, Section) else ()
        node = next(child for child in children if child.path[-1] == name)
        held = cast("dict[str, Json]", document) if isinstance(document, dict) else {}
        document = held.get(node.key)
    return document


def _below(path: FieldPath, given: Given) -> bool:
    return any(len(other) > len(path) and other[: len(path)] == path for other in given)
