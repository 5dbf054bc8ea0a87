"""The conversation: the next question, back to the last one, and the page at the end."""

import json
from collections.abc import Sequence
from typing import cast

from pydantic import ValidationError

from acoupi.config.documents import Given, build
from acoupi.config.fields import FieldPath, Leaf, Section
from acoupi.config.flags import is_mentioned
from acoupi.config.hooks import run_hook
from acoupi.config.problems import Problem, explain, refusal
from acoupi.config.values import Json
from acoupi.config.wizard.answers import Answers
from acoupi.config.wizard.items import ask_items
from acoupi.config.wizard.keys import show_keys
from acoupi.config.wizard.lists import AskedEach, mark_of
from acoupi.config.wizard.offers import Offer, Offers, Proposed
from acoupi.config.wizard.plan import Step, groups
from acoupi.config.wizard.questions import KEPT, REST, Question, confirm, may_stay
from acoupi.config.wizard.review import review
from acoupi.config.wizard.session import GoBack, Session, current, opened
from acoupi.config.wizard.terminal import INDENT, complain, is_interactive, paragraph, say
from acoupi.config.wizard.words import heading, sentence

__all__ = ["ask"]


def ask(
    section: Section,
    given: Given,
    args: Sequence[str],
    kept: Json = None,
    offers: Offers | None = None,
    only_missing: bool = False,
) -> dict[FieldPath, Json]:
    """Return what was given, with the answers for what was not.

    Everything is asked on stderr, and again with the reason until it is valid.
    A section that asks by itself within a conversation is part of it.

    Parameters
    ----------
    kept
        What the section holds already: the usual answers.
    offers
        What to propose for some of the section's own fields.
    only_missing
        Whether to ask only for what has no usual answer.

    Raises
    ------
    click.Abort
        If it was Ctrl-C, or the input has ended.
    """
    answers = Answers(section, given, args, kept)
    session = current()
    if session is not None:
        _Conversation(answers, session, offers or {}).go_on()
        return answers.merged()
    with opened() as session:
        session.is_hurried = only_missing
        conversation = _Conversation(answers, session, offers or {}, is_outermost=True)
        conversation.go_on()
        _review_until_right(conversation)
    return answers.merged()


def _review_until_right(conversation: "_Conversation") -> None:
    answers = conversation.answers
    while wanted := review(answers, is_interactive()):
        conversation.go_on(wanted.steps)


class _Conversation:
    """Goes through the steps of one schema."""

    def __init__(
        self, answers: Answers, session: Session, offers: Offers, is_outermost: bool = False
    ) -> None:
        self.answers = answers
        self.session = session
        self.offers = offers
        self.is_outermost = is_outermost
        self.floor = 0

    def go_on(self, again: Sequence[Step] = ()) -> None:
        """Ask until everything is decided and right.

        Parameters
        ----------
        again
            What was decided but is to be asked once more; going back from the
            first of it leaves all as it was.
        """
        self.session.is_hurried = self.session.is_hurried and not again
        self.session.headed = None if again else self.session.headed
        for step in reversed(again):
            self.answers.take_back(step)
        self.floor = len(self.answers.history)
        while True:
            undecided = self.answers.undecided()
            if undecided:
                self._take_or_go_back(undecided[0])
            elif self._is_settled(self.answers.root):
                return

    def _take_or_go_back(self, step: Step) -> None:
        try:
            self._take(step)
        except GoBack:
            self._go_back()
        else:
            self._settle(step.sections)

    def _go_back(self) -> None:
        history = self.answers.history
        self.session.is_hurried = False
        if len(history) > self.floor:
            self.answers.take_back(history[-1])
        elif self.floor:
            self.session.is_hurried = True  # what was answered before stands
        elif self.is_outermost:
            complain(["this is the first question"])
        else:
            raise GoBack

    def _take(self, step: Step) -> None:
        if step.is_gate:
            self._take_gate(step)
        elif isinstance(step.node, Section):
            self._take_hook(step, step.node)
        elif mark := mark_of(step.node):
            self._take_items(step, step.node, mark)
        else:
            self._take_leaf(step, step.node)

    def _take_gate(self, step: Step) -> None:
        usual = self.answers.is_wanted_usually(step)
        wanted = usual
        if not self.session.is_hurried:
            self._head(step)
            answer = confirm(f"{INDENT}Configure {cast('Section', step.node).name}?", usual)
            self.session.is_hurried = answer is None
            wanted = usual if answer is None else answer
        self.answers.want(step, wanted)

    def _take_hook(self, step: Step, section: Section) -> None:
        """Let the section ask by itself, unless what it holds may stay."""
        held = self.answers.held_by(step)
        if isinstance(held, dict) and not is_mentioned(section, self.answers.args):
            self.session.held[section.path] = held
            if self.session.is_hurried or self._may_stay(step, section, cast("Json", held)):
                self.answers.decide(step, cast("Json", held))
                return
        if not self.session.is_hurried:
            self._head(step)
        self.answers.decide(step, run_hook(section, self.answers.args, prompt=True))

    def _may_stay(self, step: Step, section: Section, held: Json) -> bool:
        self._head(step)
        return may_stay(section, held, self.session)

    def _take_items(self, step: Step, leaf: Leaf, mark: AskedEach) -> None:
        if self.session.is_hurried:
            self._keep(step)
            return
        self._head(step)
        say()
        _, usual = self.answers.usual(step)
        held = cast("list[Json]", usual) if isinstance(usual, list) else []
        answers = self.answers

        def around(items: Json) -> Json:
            return build(answers.root, {**answers.merged(), leaf.path: items}, answers.kept)

        answers.decide(step, ask_items(leaf, mark, held, self.session, around))

    def _take_leaf(self, step: Step, leaf: Leaf) -> None:
        if self.session.is_hurried and self._took_usual(step, leaf):
            return
        has_usual, usual = self.answers.usual(step)
        self._head(step)
        say()
        answer = Question(leaf, has_usual, usual, lambda: self._offer(step, leaf)).ask()
        if answer is REST:
            self.session.is_hurried = True
        elif answer is KEPT:
            self._keep(step)
        else:
            self.answers.decide(step, answer)

    def _took_usual(self, step: Step, leaf: Leaf) -> bool:
        """Do what Enter would do, unless it would be refused."""
        has_usual, usual = self.answers.usual(step)
        offer = self._offer(step, leaf)
        if offer.usual is not None:
            self.answers.decide(step, offer.usual)
        elif has_usual and not offer.refuses(usual):
            self._keep(step)
        else:
            return False
        return True

    def _keep(self, step: Step) -> None:
        if step.key in self.answers.before:
            self.answers.decide(step, self.answers.before[step.key])
        else:
            self.answers.pass_over(step)

    def _offer(self, step: Step, leaf: Leaf) -> Offer:
        make = self.offers.get(leaf.path[-1]) if len(step.sections) == 1 else None
        marks = (mark.make for mark in leaf.info.metadata if isinstance(mark, Proposed))
        make = make or next(marks, None)
        return make(self.answers.values_of(step.sections)) if make else Offer()

    def _head(self, step: Step) -> None:
        """Show the heading of a step's section, unless it was the last one shown."""
        section = step.group[0]
        if not self.session.has_told_keys:
            show_keys()
            self.session.has_told_keys = True
        if self.session.headed == section.path:
            return
        self.session.headed = section.path
        say()
        say(heading(step.group) + self._position(section), bold=True)
        if section.path:
            paragraph(sentence(section.description), dim=True)

    def _position(self, section: Section) -> str:
        if not self.is_outermost:
            return ""
        paths = groups(self.answers.steps())
        return f" ({paths.index(section.path) + 1} of {len(paths)})" if len(paths) > 1 else ""

    def _settle(self, sections: tuple[Section, ...]) -> None:
        """Look at the sections that a step has completed, the innermost first."""
        for section in sections[:-1]:
            path = section.path
            if any(step.is_within(path) for step in self.answers.undecided()):
                return
            if not self._is_settled(section, sections):
                return

    def _is_settled(self, section: Section, sections: tuple[Section, ...] = ()) -> bool:
        """Have asked again what the section as a whole does not accept.

        Raises
        ------
        ConfigurationError
            If that is nothing that can be asked for.
        """
        above = sections[sections.index(section) :] if sections else (section,)
        problems = _problems(section, self.answers, above)
        if not problems:
            return True
        again = _to_ask_again(section, problems)
        if not again:
            raise refusal(problems)
        self.session.is_hurried = False
        complain(map(str, problems))
        self.answers.reopen(again)
        return False


def _problems(section: Section, answers: Answers, sections: tuple[Section, ...]) -> list[Problem]:
    base = answers.section_base(sections) if section.path else answers.kept
    document = build(section, answers.merged(), base)
    try:
        section.model.model_validate_json(json.dumps(document))
    except ValidationError as error:
        return explain(error, section, document)
    return []


def _to_ask_again(section: Section, problems: list[Problem]) -> list[Leaf]:
    leaves = [p.node for p in problems if isinstance(p.node, Leaf) and p.node.is_asked]
    return leaves or [c for c in section.children if isinstance(c, Leaf) and c.is_asked]
