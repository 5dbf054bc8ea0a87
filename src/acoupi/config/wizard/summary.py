"""Everything that will be written, on a page, with what differs from the default."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from acoupi.config.documents import default_document, default_of, dump
from acoupi.config.fields import Leaf, Section
from acoupi.config.secrets import reveal
from acoupi.config.values import Json
from acoupi.config.wizard.lists import item_section, mark_of
from acoupi.config.wizard.terminal import wrapped
from acoupi.config.wizard.words import NONE, heading

__all__ = ["LEGEND", "Row", "row_lines", "summary_rows"]

MARK = "*"
UNSET = "not set up"
LEGEND = f"{MARK} differs from the default"


@dataclass(frozen=True)
class Row:
    """One field; without a text, a heading.

    Parameters
    ----------
    text
        Its value as it may be shown.
    """

    name: str
    text: str = ""
    differs: bool = False


def summary_rows(root: Section, config: BaseModel) -> list[Row]:
    """Return the page for a configuration, without secrets."""
    return list(_rows((root,), dump(config), dump(config, show_secrets=False), None))


def row_lines(row: Row, beside: int, columns: int) -> list[str]:
    """Return a row as lines that fit.

    Parameters
    ----------
    beside
        The column where values begin; one that does not fit there stands below.
    """
    if not row.text:
        return ["", *wrapped(row.name, columns=columns)]
    name = f"  {MARK if row.differs else ' '} {row.name}"
    start = max(beside, len(name) + 2)
    if start + len(row.text) <= columns:
        return [f"{name:<{start}}{row.text}"]
    return [name, *wrapped(row.text, " " * 6, columns=columns)]


def _rows(sections: tuple[Section, ...], value: Json, masked: Json, usual: Json) -> Iterator[Row]:
    """Yield the rows of a section and of those in it.

    Parameters
    ----------
    sections
        The innermost first.
    value, masked, usual
        What it holds, with and without secrets, and what its default sets.
    """
    section = sections[0]
    leaves = [c for c in section.children if isinstance(c, Leaf) and not mark_of(c)]
    inner = [child for child in section.children if isinstance(child, Section)]
    unset = [child for child in inner if _item(value, child.key) is None]
    own = [row for leaf in leaves for row in _leaf_rows(leaf, value, masked, usual)]
    own += [
        Row(child.path[-1], UNSET, _section_default(child, usual) is not None)
        for child in unset
        if child.is_asked
    ]
    if own:
        yield Row(heading(sections))
        yield from own
    for child in section.children:
        held = _item(value, child.key), _item(masked, child.key)
        if isinstance(child, Leaf):
            yield from _item_rows(child, sections, *held)
        elif child not in unset:
            yield from _rows((child, *sections), *held, _section_default(child, usual))


def _item_rows(
    leaf: Leaf, sections: tuple[Section, ...], value: Json, masked: Json
) -> Iterator[Row]:
    """Yield the rows of each item of a list that is asked for one by one."""
    if mark_of(leaf) is None:
        return
    section = item_section(leaf)
    for number, held in enumerate(zip(value, masked, strict=True), 1):
        item = replace(section, path=(*leaf.path, str(number)), info=None)
        yield from _rows((item, section, *sections), *held, None)


def _section_default(section: Section, usual: Json) -> Json:
    return _item(usual, section.key) or default_document(section)


def _leaf_rows(leaf: Leaf, value: Json, masked: Json, usual: Json) -> Iterator[Row]:
    default = _item(usual, leaf.key, _default(leaf))
    differs = _item(value, leaf.key) != default
    if leaf.is_asked or differs:
        yield Row(leaf.path[-1], _text(_item(masked, leaf.key)), differs)


def _default(leaf: Leaf) -> Json:
    default: Any = default_of(leaf.info)
    return reveal(default, to_jsonable_python(default, fallback=str))


def _text(value: Json) -> str:
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if value and value.isprintable() else json.dumps(value)
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return json.dumps(value, ensure_ascii=False)


def _item(document: Json, key: str, otherwise: Json = None) -> Json:
    held = cast("dict[str, Json]", document) if isinstance(document, dict) else {}
    return held.get(key, otherwise)
