"""What is wrong with a configuration: one line a problem."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from pydantic import ValidationError

from acoupi.config.fields import Leaf, Node, Section
from acoupi.config.reasons import reason_for
from acoupi.config.secrets import MASK, texts
from acoupi.config.values import Json
from acoupi.errors import ConfigurationError

__all__ = ["InvalidValuesError", "Problem", "explain", "refusal", "shown"]

LONGEST = 60
USER_MADE = ("value_error", "assertion_error")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    field
        Its dotted name, or what else the problem is with.
    value
        The value as it may be shown; empty where there is none to show.
    node
        The field or section, if it is one.
    """

    field: str
    reason: str
    value: str = ""
    node: Node | None = None

    def __str__(self) -> str:
        return " ".join(filter(None, (f"{_printable(self.field)}:", self.value, self.reason)))


class InvalidValuesError(ConfigurationError):
    """Values that a configuration cannot have, each as a problem."""

    def __init__(self, message: str, help: str | None, problems: list[Problem]) -> None:
        super().__init__(message, help)
        self.problems = problems


def shown(value: object) -> str:
    """Return a value on one short line, whatever is in it."""
    text = repr(value).encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _printable(name: str) -> str:
    """Return a name as it can be shown: people choose the keys of a dictionary."""
    return name if name.isprintable() else repr(name)[1:-1]


def refusal(
    problems: Iterable[Problem], subject: str = "the configuration", help: str | None = None
) -> InvalidValuesError:
    """Return the error that lists problems, a line each."""
    unique = {str(problem): problem for problem in problems}
    message = next(iter(unique))
    if len(unique) > 1:
        listed = "".join(f"\n  {line}" for line in unique)
        message = f"{len(unique)} problems with {subject}:{listed}"
    return InvalidValuesError(message, help, list(unique.values()))


def explain(error: ValidationError, root: Node, document: Json) -> list[Problem]:
    """Return the problems in pydantic's error, one for each place.

    Parameters
    ----------
    root
        What was validated.
    document
        The JSON it was validated from.
    """
    secrets = _secrets(root, document)
    found: dict[str, Problem] = {}
    for item in error.errors(include_url=False):
        problem = _problem(cast("dict[str, Any]", item), root, document, secrets)
        earlier = found.get(problem.field)
        found[problem.field] = _either(earlier, problem) if earlier else problem
    return list(found.values())


def _problem(item: dict[str, Any], root: Node, document: Json, secrets: set[str]) -> Problem:
    node, name, value, rest = _locate(root, item["loc"], document)
    name = ".".join(filter(None, (name, *_inside(value, rest, item["type"]))))
    reason = reason_for(item, node)
    if item["type"] in USER_MADE:
        reason = _redacted(reason, secrets)
    told = _shown_value(node, item, value)
    # Validators that are used elsewhere too may name the value themselves.
    reason = reason.removeprefix(f"{told} ") if told else reason
    return Problem(name or "the configuration", reason, told, node)


def _locate(
    node: Node, loc: tuple[int | str, ...], document: Json
) -> tuple[Node | None, str, Json, tuple[int | str, ...]]:
    """Follow an error's location as far as the tree of fields goes."""
    for n, key in enumerate(loc):
        if isinstance(node, Leaf):
            return node, node.name, document, loc[n:]
        child = node.by_key(key)
        if child is None:
            return None, ".".join(filter(None, (node.name, str(key)))), None, ()
        node, document = child, _item(document, key)
    return node, node.name, document, ()


def _inside(value: Json, rest: tuple[int | str, ...], kind: str) -> Iterable[str]:
    """Yield the part of a location that is in the value; the rest names arms of unions."""
    for n, key in enumerate(rest):
        inner = _item(value, key)
        if inner is not None:
            value = inner
            yield str(key)
        elif kind in ("missing", "extra_forbidden") and n == len(rest) - 1:
            yield str(key)


def _item(value: Json, key: int | str) -> Json:
    if isinstance(value, dict):
        return cast("dict[object, Json]", value).get(key)
    if isinstance(value, list) and isinstance(key, int) and key < len(cast("list[Json]", value)):
        return cast("list[Json]", value)[key]
    return None


def _shown_value(node: Node | None, item: dict[str, Any], value: Json) -> str:
    if not isinstance(node, Leaf) or item["type"] in ("missing", "extra_forbidden"):
        return ""
    if node.is_secret:
        return MASK
    return shown(value if item["type"] == "json_invalid" else item["input"])


def _either(a: Problem, b: Problem) -> Problem:
    """Join what two arms of a union have to say."""
    if "null" in b.reason or b.reason.removeprefix("should be ") in a.reason:
        return a
    return Problem(
        a.field, f"{a.reason} or {b.reason.removeprefix('should be ')}", a.value, a.node
    )


def _secrets(root: Node, document: Json) -> set[str]:
    if isinstance(root, Section):
        return texts(root, document)
    return {str(document)} if root.is_secret else set()


def _redacted(reason: str, secrets: set[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        reason = reason.replace(secret, MASK)
    return reason
