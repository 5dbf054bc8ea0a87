"""A program's configuration as the help of ``acoupi setup`` lists it."""

from collections.abc import Iterator
from typing import Any, cast

import click
from pydantic import BaseModel

from acoupi.config.annotations import choices, type_name
from acoupi.config.documents import default_document, default_of
from acoupi.config.fields import Leaf, Section, walk

__all__ = ["write_program_options"]


def write_program_options(schema: type[BaseModel], formatter: click.HelpFormatter) -> None:
    """Write a list of options for each section of a schema."""
    for section in _sections(walk(schema)):
        held = cast("dict[str, Any]", default_document(section) or {})
        rows = [_row(child, held) for child in section.children if isinstance(child, Leaf)]
        if rows:
            with formatter.section(_heading(section)):
                formatter.write_dl(rows)


def _sections(section: Section) -> Iterator[Section]:
    yield section
    for child in section.children:
        if isinstance(child, Section):
            yield from _sections(child)


def _heading(section: Section) -> str:
    heading = section.title or "Program options"
    return f"{heading} (optional)" if section.is_optional else heading


def _row(leaf: Leaf, held: dict[str, Any]) -> tuple[str, str]:
    flag = f"--{leaf.name}"
    if leaf.info.annotation is bool:
        flag = f"{flag} / --no-{leaf.name}"
    else:
        flag = f"{flag} {_metavar(leaf)}"
    return flag, " ".join(filter(None, (leaf.info.description, _default(leaf, held))))


def _metavar(leaf: Leaf) -> str:
    name = type_name(leaf.info.annotation)
    return name if choices(leaf.info.annotation) else name.upper().replace(" ", "-")


def _default(leaf: Leaf, held: dict[str, Any]) -> str:
    """Show what a field is if nothing is said: what its section's default sets, or its own."""
    if leaf.is_required and leaf.key not in held:
        return "[required]"
    default: Any = held.get(leaf.key, default_of(leaf.info))
    if default is None or default == "" or leaf.is_secret:
        return ""
    return f"[default: {getattr(default, 'value', default)}]"
