"""What was decided, what stood before, and the order of it all."""

from collections.abc import Sequence
from typing import cast

from pydantic_core import to_jsonable_python

from acoupi.config.documents import Given, default_document, default_of, part_at
from acoupi.config.fields import FieldPath, Leaf, Section
from acoupi.config.values import Json
from acoupi.config.wizard.plan import Step, StepKey, plan

__all__ = ["Answers"]


class Answers:
    """The decisions of one conversation, each of which can be taken back.

    Parameters
    ----------
    given
        What is not asked.
    args
        All flags.
    kept
        The document of an earlier configuration.
    """

    def __init__(self, root: Section, given: Given, args: Sequence[str], kept: Json) -> None:
        self.root = root
        self.args = args
        self.kept = kept
        self.given = dict(given)
        self.values: dict[FieldPath, Json] = {}
        self.wanted: dict[FieldPath, bool] = {}
        self.history: list[Step] = []
        self.before: dict[StepKey, Json] = {}
        """What was answered before it was taken back."""

    def merged(self) -> dict[FieldPath, Json]:
        """Return what was given and what was answered."""
        return self.given | self.values

    def steps(self) -> list[Step]:
        """Return all that is to be decided, as far as can be told by now."""
        return list(plan(self.root, self.given, self.args, self.wanted))

    def undecided(self) -> list[Step]:
        """Return the steps that are still to be taken."""
        done = {step.key for step in self.history}
        return [step for step in self.steps() if step.key not in done]

    def decide(self, step: Step, value: Json) -> None:
        """Note an answer."""
        self.values[step.node.path] = value
        self.pass_over(step)

    def pass_over(self, step: Step) -> None:
        """Leave a step as it is."""
        self.history.append(step)

    def want(self, step: Step, wanted: bool) -> None:
        """Note whether an optional section is wanted."""
        path = step.node.path
        self.wanted[path] = wanted
        base = self.section_base((cast("Section", step.node), *step.sections))
        self.decide(step, base if wanted else None)

    def take_back(self, step: Step) -> None:
        """Forget an answer, but for proposing it again."""
        self.history = [other for other in self.history if other.key != step.key]
        path = step.node.path
        if step.is_gate:
            self.before[step.key] = self.wanted.pop(path, None)
            self.values.pop(path, None)
        elif path in self.values:
            self.before[step.key] = self.values.pop(path)

    def take_back_within(self, path: FieldPath) -> None:
        """Forget what was decided on a section and all that is in it."""
        for step in reversed([step for step in self.history if step.is_within(path)]):
            self.take_back(step)

    def reopen(self, leaves: Sequence[Leaf]) -> None:
        """Have fields asked again, also those that were given."""
        for leaf in leaves:
            self.given.pop(leaf.path, None)
            for step in [step for step in self.history if step.node.path == leaf.path]:
                self.take_back(step)

    def section_base(self, sections: tuple[Section, ...]) -> dict[str, Json]:
        """Return what a section holds before it is asked for.

        Parameters
        ----------
        sections
            The section, and those it is in.
        """
        section, *above = sections
        own = self.values.get(section.path) or part_at(self.root, self.kept, section.path)
        if not own and above:
            own = self.section_base(tuple(above)).get(section.key)
        own = own or default_document(section)
        return cast("dict[str, Json]", own) if isinstance(own, dict) else {}

    def usual(self, step: Step) -> tuple[bool, Json]:
        """Return whether a field has a usual answer, and which."""
        if step.key in self.before:
            return True, self.before[step.key]
        leaf, base = cast("Leaf", step.node), self.section_base(step.sections)
        if leaf.key in base:
            return True, base[leaf.key]
        return not leaf.is_required, to_jsonable_python(default_of(leaf.info), fallback=str)

    def values_of(self, sections: tuple[Section, ...]) -> dict[str, Json]:
        """Return what a section's own fields are by now, by their names."""
        base, merged = self.section_base(sections), self.merged()
        leaves = [child for child in sections[0].children if isinstance(child, Leaf)]
        held = {leaf.path[-1]: base[leaf.key] for leaf in leaves if leaf.key in base}
        return held | {leaf.path[-1]: merged[leaf.path] for leaf in leaves if leaf.path in merged}

    def held_by(self, step: Step) -> Json:
        """Return what a section that asks by itself holds already; None if nothing."""
        if step.key in self.before:
            return self.before[step.key]
        return part_at(self.root, self.kept, step.node.path)

    def is_wanted_usually(self, step: Step) -> bool:
        """Tell whether an optional section is there unless somebody says otherwise."""
        if step.key in self.before:
            return bool(self.before[step.key])
        section = cast("Section", step.node)
        return (
            part_at(self.root, self.kept, section.path) is not None
            or default_document(section) is not None
        )
