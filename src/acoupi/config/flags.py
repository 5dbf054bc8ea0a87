"""Words of a command line as flags: ``--a.b value``, ``--a.b=value``, ``--a.b``, ``--no-a.b``."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from acoupi.config.documents import part_at
from acoupi.config.fields import Leaf, Node, Section, nearest
from acoupi.config.problems import Problem, shown
from acoupi.config.values import Json

__all__ = ["Flag", "flags_for", "is_mentioned", "own_flags", "split"]


@dataclass(frozen=True)
class Flag:
    """One flag as it was typed, or a word that belongs to none."""

    name: str
    text: str | None = None
    stray: str | None = None


def split(args: Sequence[str]) -> Iterator[Flag]:
    """Pair each flag with the word after it, unless that is a flag itself."""
    words = list(args)
    while words:
        word = words.pop(0)
        if not _is_flag(word):
            yield Flag("", stray=word)
            continue
        name, equals, text = word[2:].partition("=")
        takes_next = not equals and words and not _is_flag(words[0])
        yield Flag(
            name.replace("-", "_"), words.pop(0) if takes_next else text if equals else None
        )


def own_flags(args: Sequence[str], section: Section) -> tuple[dict[Node, str], list[Problem]]:
    """Return the text given for each field of a section, and what is wrong with the flags.

    Flags below a section that has its own ``setup`` are left to it, and so is
    everything outside the section.
    """
    nodes = {node.name: node for node in section.nodes()}
    hooked = _left_to_hooks(args, nodes)
    given: dict[Node, str] = {}
    problems: list[Problem] = []
    for flag in _within(split(args), section.name):
        if flag.name.removeprefix("no_").startswith(hooked):
            continue
        node, text = _meaning(flag, nodes)
        if node is None or text is None or node in given:
            problems.append(_misuse(flag, node, text, nodes))
        else:
            given[node] = text
    return given, problems


def is_mentioned(section: Section, args: Sequence[str]) -> bool:
    """Tell whether any flag is for a section or something in it."""
    names = (flag.name.removeprefix("no_") for flag in split(args))
    return any(name == section.name or name.startswith(f"{section.name}.") for name in names)


def flags_for(section: Section, document: Json, args: Sequence[str]) -> list[str]:
    """Return the flags that say what a section's document holds, but not those in ``args``."""
    given = tuple(flag.name.removeprefix("no_") for flag in split(args))
    held = ((leaf.name, part_at(section, document, leaf.path)) for leaf in section.leaves())
    return [
        f"--{name}={value if isinstance(value, str) else json.dumps(value)}"
        for name, value in held
        if value is not None and not any(f"{name}.".startswith(f"{other}.") for other in given)
    ]


def _left_to_hooks(args: Sequence[str], nodes: dict[str, Node]) -> tuple[str, ...]:
    """Return the prefixes of sections that set themselves up, unless given whole as JSON."""
    whole = {flag.name for flag in split(args)}
    sections = (n for n in nodes.values() if isinstance(n, Section) and n.hook)
    return tuple(f"{section.name}." for section in sections if section.name not in whole)


def _is_flag(word: str) -> bool:
    return word.startswith("--") and len(word) > 2


def _within(flags: Iterator[Flag], prefix: str) -> Iterator[Flag]:
    if not prefix:
        return flags
    return (f for f in flags if f.name.removeprefix("no_").startswith(f"{prefix}."))


def _meaning(flag: Flag, nodes: dict[str, Node]) -> tuple[Node | None, str | None]:
    node = nodes.get(flag.name)
    if node is not None:
        is_bare = flag.text is None and isinstance(node, Leaf) and node.is_flag
        return node, "true" if is_bare else flag.text
    denied = nodes.get(flag.name.removeprefix("no_"))
    if isinstance(denied, Leaf) and denied.is_flag:
        return denied, "false" if flag.text is None else None
    return None, None


def _misuse(flag: Flag, node: Node | None, text: str | None, nodes: dict[str, Node]) -> Problem:
    if flag.stray is not None:
        return Problem("flags", f"{shown(flag.stray)} follows no flag; did you mean --NAME VALUE?")
    name = f"--{flag.name}"
    if node is None:
        meant = nearest(flag.name, (n for n in nodes if isinstance(nodes[n], Leaf)))
        name = shown(name).strip("'\"")
        return Problem(name, "no such option" + (f"; did you mean --{meant}?" if meant else ""))
    if text is None:
        wanted = "takes no value" if flag.name.startswith("no_") else "needs a value"
        return Problem(name, wanted)
    return Problem(name, "is given twice")
