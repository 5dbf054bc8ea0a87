"""Which questions there are, given the answers so far."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from acoupi.config.documents import Given, is_given
from acoupi.config.fields import FieldPath, Leaf, Node, Section
from acoupi.config.flags import is_mentioned
from acoupi.config.wizard.lists import item_section, mark_of

__all__ = ["Step", "StepKey", "groups", "plan"]

StepKey: TypeAlias = tuple[FieldPath, bool]


@dataclass(frozen=True, eq=False)
class Step:
    """One thing to be decided.

    Parameters
    ----------
    sections
        Those the question belongs to, the innermost first.
    is_gate
        Whether it is about having the section at all.
    """

    node: Node
    sections: tuple[Section, ...]
    is_gate: bool = False

    @property
    def key(self) -> StepKey:
        """What tells it from all others."""
        return self.node.path, self.is_gate

    @property
    def group(self) -> tuple[Section, ...]:
        """The sections under whose heading it is asked, the innermost first."""
        own = self.node
        if isinstance(own, Section):
            return (own, *self.sections)
        return (item_section(own), *self.sections) if mark_of(own) else self.sections

    def is_within(self, path: FieldPath) -> bool:
        """Tell whether it is about that section or something in it."""
        return self.node.path[: len(path)] == path


def plan(
    section: Section,
    given: Given,
    args: Sequence[str],
    wanted: Mapping[FieldPath, bool],
    above: tuple[Section, ...] = (),
) -> Iterator[Step]:
    """Yield what is to be decided, in the order in which it is asked.

    Parameters
    ----------
    given
        What needs no asking.
    args
        All flags; an optional section that one of them is for is wanted.
    wanted
        What was decided about optional sections. What is in one that is
        undecided does not count yet.
    """
    inside = (section, *above)
    asked = [child for child in section.children if child.is_asked and child.path not in given]
    lines = [child for child in asked if isinstance(child, Leaf) and not mark_of(child)]
    yield from (Step(line, inside) for line in lines)
    for child in asked:
        if isinstance(child, Leaf):
            if child not in lines:
                yield Step(child, inside)
            continue
        if child.is_optional and not is_given(child.path, given) and not is_mentioned(child, args):
            yield Step(child, inside, is_gate=True)
            if not wanted.get(child.path):
                continue
        if child.hook:
            yield Step(child, inside)
        else:
            yield from plan(child, given, args, wanted, inside)


def groups(steps: Sequence[Step]) -> list[FieldPath]:
    """Return the paths of the sections with questions, in order."""
    return list(dict.fromkeys(step.group[0].path for step in steps))
