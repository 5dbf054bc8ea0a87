"""Flags, and answers, to a configuration."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from acoupi.config.documents import build, completed, known_part
from acoupi.config.fields import FieldPath, Leaf, Node, Section, walk
from acoupi.config.flags import own_flags
from acoupi.config.hooks import run_hooks
from acoupi.config.problems import Problem, explain, refusal
from acoupi.config.values import Json, json_from_text, readable
from acoupi.config.wizard.session import held

if TYPE_CHECKING:
    from acoupi.config.wizard import Offers

__all__ = ["parse_config_from_args", "parse_section", "validated"]

S = TypeVar("S", bound=BaseModel)

HINT = "acoupi setup --program PROGRAM --help lists every option"


def parse_config_from_args(
    schema: type[S],
    args: list[str] | None = None,
    prompt: bool = True,
    kept: Json = None,
    *,
    only_missing: bool = False,
) -> S:
    """Build a configuration from flags, and ask for what they do not give.

    Parameters
    ----------
    schema
        The model class of the configuration.
    args
        Words such as ``["--recording.duration", "3", "--microphone.device_name=hw:1"]``.
    prompt
        Whether to ask; without it, defaults stand for what is not given.
    kept
        The document of an earlier configuration, whose values come before defaults.
    only_missing
        Whether to ask only for what has neither a kept value nor a default.

    Raises
    ------
    ConfigurationError
        Listing everything that is wrong, each with its field.
    """
    return parse_section(schema, args, prompt, kept=kept, only_missing=only_missing)


def parse_section(
    schema: type[S],
    args: Sequence[str] | None = None,
    prompt: bool = True,
    prefix: str = "",
    kept: Json = None,
    offers: "Offers | None" = None,
    only_missing: bool = False,
) -> S:
    """Do the same for one section; a model's own ``setup`` hook can begin with this.

    Parameters
    ----------
    args
        All words of the command line; those outside the section are left alone.
    prefix
        The section's dotted name, such as ``"microphone"``.
    kept
        What the section holds already; in a section's ``setup``, it is known.
    offers
        For some fields of the section, what makes a proposal for it.
    only_missing
        Whether to ask only for what has neither a kept value nor a default.
    """
    words = list(args or [])
    section = walk(schema, tuple(filter(None, prefix.split("."))))
    kept = known_part(section, held(section.path) if kept is None and prompt else kept)
    given, problems = _given_values(section, words)
    if prompt and not problems:
        from acoupi.config.wizard import ask

        given = ask(section, given, words, kept, offers, only_missing)
    elif not prompt:
        problems += run_hooks(section, words, given, kept)
    return _finished(schema, section, given, problems, kept)


def validated(schema: type[S], document: Json) -> S:
    """Return the configuration that a JSON document describes."""
    return schema.model_validate_json(json.dumps(document))


def _finished(
    schema: type[S],
    section: Section,
    given: dict[FieldPath, Json],
    problems: list[Problem],
    kept: Json,
) -> S:
    document = completed(section, build(section, given, kept))
    try:
        config = validated(schema, document)
    except ValidationError as error:
        found = (_with_flag(p) for p in explain(error, section, document))
        raise refusal([*problems, *_besides(problems, found)], help=HINT) from None
    if problems:
        raise refusal(problems, help=HINT)
    return config


def _besides(known: list[Problem], found: Iterable[Problem]) -> list[Problem]:
    """Return the problems that are not with a field, or in a section, known to be wrong."""
    fields = {problem.field for problem in known}
    return [p for p in found if not any(f"{p.field}.".startswith(f"{f}.") for f in fields)]


def _given_values(
    section: Section, words: list[str]
) -> tuple[dict[FieldPath, Json], list[Problem]]:
    texts, problems = own_flags(words, section)
    given: dict[FieldPath, Json] = {}
    for node, text in texts.items():
        try:
            given[node.path] = _value(node, text)
        except ValidationError as error:
            problems += explain(error, node, readable(text))
            if all(item["type"] != "json_invalid" for item in error.errors()):
                given[node.path] = readable(text)  # what is missing beside it is found too
    return given, problems


def _value(node: Node, text: str) -> Json:
    if isinstance(node, Leaf):
        return json_from_text(node.adapter, text)
    annotation: Any = dict[str, Any] | None if node.is_optional else dict[str, Any]
    return json_from_text(TypeAdapter[Any](annotation), text)


def _with_flag(problem: Problem) -> Problem:
    """Say how a value that is missing is given."""
    if problem.reason != "is missing" or not isinstance(problem.node, Leaf):
        return problem
    return replace(problem, reason=f"is missing; give it with --{problem.field} VALUE")
