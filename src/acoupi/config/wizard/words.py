"""A field in the words of a question."""

import json
from collections.abc import Iterator
from typing import Any, cast

from acoupi.config.annotations import choices, type_name
from acoupi.config.fields import Leaf, Section
from acoupi.config.values import Json

__all__ = ["KEEP", "NONE", "about", "heading", "kind", "sentence", "text_of"]

NONE = "none"
KEEP = "keep"
FEW = 6
PLAIN = "text"

_EXAMPLES = {
    "date": "such as 2026-05-01",
    "date and time": "such as 2026-05-01T06:30:00Z",
    "duration": "such as 00:30:00, PT30M or seconds",
    "JSON list": 'such as ["a", "b"]',
    "JSON object": 'such as {"name": "value"}',
    "secret": "not shown as you type",
    "size": "such as 500MB or 2GiB",
    "time of day": "such as 06:30",
    "time zone": "such as Europe/London",
    "URL": "such as https://example.org",
}

_BOUNDS = {
    "gt": "more than {}",
    "ge": "at least {}",
    "lt": "less than {}",
    "le": "at most {}",
    "multiple_of": "a multiple of {}",
    "max_length": "at most {} long",
    "pattern": "matching {}",
}


def about(leaf: Leaf) -> str:
    """Return what a person should know of a field: its description, its kind and bounds."""
    return " ".join(filter(None, (sentence(leaf.info.description or ""), sentence(kind(leaf)))))


def kind(leaf: Leaf) -> str:
    """Return what a field takes, with its unit and bounds; nothing for yes and no."""
    if leaf.is_flag:
        return ""
    name = type_name(leaf.info.annotation)
    limited = choices(leaf.info.annotation)
    if len(limited) > FEW:
        name = f"one of {len(limited)} (? lists them), such as {limited[0]}"
    elif limited:
        return f"one of {name}" if len(limited) > 1 else name
    unit = _unit(leaf)
    named = f"{name} ({unit})" if unit else name
    if named == PLAIN:
        named = ""
    return ", ".join(filter(None, (named, _EXAMPLES.get(name), *_bounds(leaf))))


def heading(sections: tuple[Section, ...]) -> str:
    """Return the title of a section, after those it is part of.

    Parameters
    ----------
    sections
        The innermost first.
    """
    titles = [section.title for section in reversed(sections) if section.title]
    return " / ".join(titles) or "General"


def text_of(leaf: Leaf, value: Json) -> str:
    """Return a value as it may be shown."""
    if value is None:
        return NONE
    if leaf.is_secret:
        return KEEP
    if isinstance(value, str):
        return value if value.isprintable() and value else json.dumps(value)
    return json.dumps(value, ensure_ascii=False)


def sentence(text: str) -> str:
    """Return a text with a capital and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return f"{text[0].upper()}{text[1:]}" + ("" if text[-1] in ".!?:" else ".")


def _unit(leaf: Leaf) -> str | None:
    extra = leaf.info.json_schema_extra
    unit = cast("dict[str, object]", extra).get("unit") if isinstance(extra, dict) else None
    return unit if isinstance(unit, str) else None


def _bounds(leaf: Leaf) -> Iterator[str]:
    found: dict[str, Any] = {}
    for item in leaf.info.metadata:
        found |= {
            name: bound for name in _BOUNDS if (bound := getattr(item, name, None)) is not None
        }
    if leaf.info.description:
        found.pop("pattern", None)  # which says less to people than words
    return (_BOUNDS[name].format(found[name]) for name in _BOUNDS if name in found)
