"""Ask a person for a configuration, a section at a time."""

import json
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import cast

import click
from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from acoupi.config.annotations import choices, type_name
from acoupi.config.documents import build, default_document, default_of, is_given, part_at
from acoupi.config.fields import FieldPath, Leaf, Section
from acoupi.config.flags import is_mentioned
from acoupi.config.hooks import run_hook
from acoupi.config.problems import Problem, explain, refusal
from acoupi.config.values import Json, json_from_text, readable

__all__ = ["ask"]

NONE = "none"
KEEP = "keep"


def ask(
    section: Section, given: dict[FieldPath, Json], args: Sequence[str], kept: Json = None
) -> dict[FieldPath, Json]:
    """Return what was given, with the answers for what was not.

    Everything is asked on stderr, and again with the reason until it is valid.

    Parameters
    ----------
    kept
        What the section holds already: the usual answers.
    """
    answers = dict(given)
    _ask_section(section, answers, args, kept)
    return answers


def _ask_section(
    section: Section, answers: dict[FieldPath, Json], args: Sequence[str], kept: Json
) -> None:
    own = answers.get(section.path) or kept or default_document(section)
    base = cast("dict[str, Json]", own) if isinstance(own, dict) else {}
    asked = [leaf for leaf in _asked_leaves(section) if leaf.path not in answers]
    if asked:
        _head(section)
    for leaf in asked:
        _ask_leaf(leaf, base, answers)
    for child in section.children:
        if isinstance(child, Section) and child.is_asked:
            _ask_child(child, answers, args, part_at(section, kept, child.path))
    _settle(section, base, answers)


def _ask_child(
    section: Section, answers: dict[FieldPath, Json], args: Sequence[str], kept: Json
) -> None:
    if section.path in answers or not _is_wanted(section, answers, args, kept):
        return
    if section.hook:
        answers[section.path] = _ask_hook(section, args, kept)
        return
    if section.is_optional:
        answers[section.path] = kept or default_document(section) or {}
    _ask_section(section, answers, args, kept)


def _ask_hook(section: Section, args: Sequence[str], kept: Json) -> Json:
    """Let the section ask by itself, unless what it holds may stay."""
    if isinstance(kept, dict) and not is_mentioned(section, args):
        _head(section)
        for leaf in section.leaves():
            held = part_at(section, cast("Json", kept), leaf.path)
            click.echo(f"  {leaf.path[-1]}: {_shown_default(leaf, held)}", err=True)
        if click.confirm("  keep these?", default=True, err=True):
            return cast("Json", kept)
    return run_hook(section, args, prompt=True)


def _is_wanted(
    section: Section, answers: dict[FieldPath, Json], args: Sequence[str], kept: Json
) -> bool:
    if not section.is_optional or is_given(section.path, answers) or is_mentioned(section, args):
        return True
    click.echo(err=True)
    if section.description:
        _explain(section.description)
    usual = kept is not None or default_document(section) is not None
    wanted = click.confirm(f"Configure {section.name}?", default=usual, err=True)
    if not wanted:
        answers[section.path] = None
    return wanted


def _settle(section: Section, base: dict[str, Json], answers: dict[FieldPath, Json]) -> None:
    """Ask again for what the section as a whole does not accept."""
    while problems := _problems(section, base, answers):
        again = _to_ask_again(section, problems)
        if not again:
            raise refusal(problems)
        for problem in problems:
            _complain(str(problem))
        for leaf in again:
            answers.pop(leaf.path, None)
            _ask_leaf(leaf, base, answers)


def _problems(
    section: Section, base: dict[str, Json], answers: dict[FieldPath, Json]
) -> list[Problem]:
    document = build(section, answers, base)
    try:
        section.model.model_validate_json(json.dumps(document))
    except ValidationError as error:
        return explain(error, section, document)
    return []


def _to_ask_again(section: Section, problems: list[Problem]) -> list[Leaf]:
    leaves = [p.node for p in problems if isinstance(p.node, Leaf) and p.node.is_asked]
    return leaves or _asked_leaves(section)


def _asked_leaves(section: Section) -> list[Leaf]:
    return [c for c in section.children if isinstance(c, Leaf) and c.is_asked]


def _ask_leaf(leaf: Leaf, base: dict[str, Json], answers: dict[FieldPath, Json]) -> None:
    default = base[leaf.key] if leaf.key in base else _default(leaf)
    has_default = leaf.key in base or not leaf.is_required
    if leaf.info.description:
        _explain(leaf.info.description)
    if leaf.info.annotation is bool:
        answers[leaf.path] = click.confirm(
            f"  {leaf.path[-1]}", default=bool(default) if has_default else None, err=True
        )
        return
    shown = _shown_default(leaf, default) if has_default else None
    while True:
        text = _read(leaf, shown)
        if text == shown:
            return
        try:
            answers[leaf.path] = json_from_text(leaf.adapter, text)
        except ValidationError as error:
            _complain(*map(str, explain(error, leaf, readable(text))))
        else:
            return


def _read(leaf: Leaf, default: str | None) -> str:
    return click.prompt(
        f"  {leaf.path[-1]} ({_kind(leaf)})",
        default=default,
        type=str,
        hide_input=leaf.is_secret and sys.stdin.isatty(),
        err=True,
    )


def _kind(leaf: Leaf) -> str:
    limited = choices(leaf.info.annotation)
    return f"{len(limited)} choices" if len(limited) > 6 else type_name(leaf.info.annotation)


def _default(leaf: Leaf) -> Json:
    return to_jsonable_python(default_of(leaf.info), fallback=str)


def _shown_default(leaf: Leaf, default: Json) -> str:
    if default is None:
        return NONE
    if leaf.is_secret:
        return KEEP
    return default if isinstance(default, str) else json.dumps(default)


def _head(section: Section) -> None:
    click.echo(err=True)
    if section.title:
        click.secho(section.title, bold=True, err=True)
    if section.description:
        _explain(section.description)


def _explain(text: str) -> None:
    width = min(shutil.get_terminal_size().columns, 80) - 2
    lines = textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="  ")
    click.secho("\n".join(lines), dim=True, err=True)


def _complain(*lines: str) -> None:
    for line in lines:
        click.secho(f"  {line}", fg="red", err=True)
