"""A configuration as a list of fields, and what differs between two."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from pydantic import BaseModel

from acoupi.config.documents import dump
from acoupi.config.fields import Leaf, Section, walk
from acoupi.config.secrets import MASK
from acoupi.config.values import Json

__all__ = ["ABSENT", "FieldChange", "compare", "field_changes", "flatten", "same", "shown_values"]

ABSENT = object()
"""In place of a value where there is none."""


@dataclass(frozen=True)
class FieldChange:
    """A field that is not the same on both sides, as it may be shown."""

    field: str
    before: Json
    after: Json

    def document(self) -> dict[str, Json]:
        """Return it as JSON values; a side without a value is left out."""
        sides = {"before": self.before, "after": self.after}
        return {"field": self.field, **{k: v for k, v in sides.items() if v is not ABSENT}}

    def __str__(self) -> str:
        return f"{self.field}: {_text(self.before)} -> {_text(self.after)}"


def flatten(section: Section, document: Json) -> dict[str, Json]:
    """Return the values in a section's document by their dotted names."""
    return dict(_flat(section, document))


def shown_values(config: BaseModel) -> dict[str, Json]:
    """Return the values of a configuration by their dotted names, secrets masked."""
    return flatten(walk(type(config)), dump(config, show_secrets=False))


def field_changes(before: BaseModel, after: BaseModel) -> list[FieldChange]:
    """Return the fields in which two configurations of one schema differ."""
    section = walk(type(after))
    return compare(
        section, flatten(section, dump(before)), flatten(section, dump(after)), shown_values(after)
    )


def compare(
    section: Section,
    before: Mapping[str, Json],
    after: Mapping[str, Json],
    shown: Mapping[str, Json],
) -> list[FieldChange]:
    """Return the fields in which two sets of values differ, in the order of the schema.

    Parameters
    ----------
    before, after
        Values by dotted name, secrets too.
    shown
        The values ``after``, as they may be shown.
    """
    secret = {leaf.name for leaf in section.leaves() if leaf.is_secret}
    order = [node.name for node in section.nodes()]
    names = sorted(before.keys() | after.keys(), key=order.index)
    return [
        FieldChange(
            name,
            _masked(before[name], name in secret) if name in before else ABSENT,
            shown[name] if name in after else ABSENT,
        )
        for name in names
        if not same(before.get(name, ABSENT), after.get(name, ABSENT))
        and not (_is_parted(name, before, after) or _is_parted(name, after, before))
    ]


def same(a: Json, b: Json) -> bool:
    """Tell whether two values are the same JSON."""
    if a is ABSENT or b is ABSENT:
        return a is b
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


def _flat(section: Section, document: Json) -> Iterator[tuple[str, Json]]:
    held = cast("dict[str, Json]", document) if isinstance(document, dict) else {}
    for child in section.children:
        if child.key not in held:
            continue
        value = held[child.key]
        if isinstance(child, Leaf) or not isinstance(value, dict):
            yield child.name, value
        else:
            yield from _flat(child, cast("Json", value))


def _is_parted(name: str, whole: Mapping[str, Json], parts: Mapping[str, Json]) -> bool:
    """Tell whether a section that is null on one side is a list of fields on the other."""
    is_null = whole.get(name, ABSENT) is None and name not in parts
    return is_null and any(other.startswith(f"{name}.") for other in parts)


def _masked(value: Json, is_secret: bool) -> Json:
    return MASK if is_secret and value not in (None, "") else value


def _text(value: Json) -> str:
    return "(not set)" if value is ABSENT else json.dumps(value, ensure_ascii=False)
