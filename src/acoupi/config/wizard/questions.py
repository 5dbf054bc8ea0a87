"""One question about one field, until there is an answer that can be."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import ValidationError

from acoupi.config.annotations import choices
from acoupi.config.fields import Leaf, Section
from acoupi.config.problems import Problem, explain, shown
from acoupi.config.secrets import MASK
from acoupi.config.values import Json, json_from_text, readable
from acoupi.config.wizard.keys import Key, explain_keys, key_in, literal
from acoupi.config.wizard.offers import Offer
from acoupi.config.wizard.session import GoBack, Session, current
from acoupi.config.wizard.terminal import (
    INDENT,
    complain,
    paragraph,
    read,
    say,
    styled,
    width,
    wrapped,
)
from acoupi.config.wizard.words import NONE, about, text_of

__all__ = ["KEPT", "REST", "Question", "confirm", "may_stay"]

KEPT = object()
"""Enter was pressed: the usual answer stands."""

REST = object()
"""The usual answers stand for this and all that follows."""

ENTER_KEEPS = "Enter keeps it"
ROOM = 10
"""Columns that are left for an answer."""

YES = ("y", "yes", "true", "1", "on")
NO = ("n", "no", "false", "0", "off")


@dataclass(frozen=True)
class Question:
    """A field, and what is known of a good answer.

    Parameters
    ----------
    has_usual
        Whether Enter is an answer.
    usual
        The answer that it is.
    offer
        What to propose, asked for again where the person wants to look again.
    """

    leaf: Leaf
    has_usual: bool
    usual: Json
    offer: Callable[[], Offer]

    def ask(self) -> object:
        """Return the answer, or ``KEPT``, or ``REST``.

        Raises
        ------
        GoBack
            If the question before is wanted.
        """
        paragraph(about(self.leaf), dim=True)
        offer = self._show_offer()
        while True:
            text = read(self._line(offer), self.leaf.is_secret)
            key = key_in(text)
            if key is Key.BACK:
                raise GoBack
            if key is Key.HELP:
                self._help()
            elif key is Key.REST or not text:
                if self._has_usual(offer):
                    return self._usual_taken(offer, key)
                complain([f"{self.leaf.path[-1]} has no usual value: it needs an answer"])
                offer = self._show_offer() if offer.lead else offer
            else:
                answer = self._answer(text, offer)
                if answer is not None:
                    return answer[0]

    def _show_offer(self) -> Offer:
        offer = self.offer()
        if offer.lead:
            paragraph(offer.lead)
        for number, choice in enumerate(offer.choices, 1):
            for line in wrapped(f"{number}  {choice.label}", INDENT * 2, INDENT * 3 + " "):
                say(line, fg="cyan")
            for line in wrapped(choice.details, INDENT * 3 + " "):
                say(line, dim=True)
        return offer

    def _line(self, offer: Offer) -> str:
        name = styled(self.leaf.path[-1], bold=True)
        if not self._has_usual(offer):
            return f"{INDENT}{name} (required):"
        text = self._bracket(offer)
        if len(self.leaf.path[-1]) + len(text) + len("  []: ") + ROOM > width():
            for line in wrapped(f"now: {text}", INDENT, INDENT * 2):
                say(line)
            text = ENTER_KEEPS
        return f"{INDENT}{name} [{text}]:"

    def _bracket(self, offer: Offer) -> str:
        value = self.usual if self._is_kept(offer) else offer.usual
        if self.leaf.info.annotation is bool:
            return "Y/n" if value else "y/N"
        number = offer.number_of(value)
        if number is not None:
            return str(number)
        return offer.shows(value) or text_of(self.leaf, value)

    def _is_kept(self, offer: Offer) -> bool:
        """Tell whether the usual answer is the one known here, rather than the offer's."""
        return offer.usual is None

    def _has_usual(self, offer: Offer) -> bool:
        return self.has_usual or offer.usual is not None

    def _usual_taken(self, offer: Offer, key: Key | None) -> object:
        if key is Key.REST:
            return REST
        return KEPT if self._is_kept(offer) else offer.usual

    def _answer(self, text: str, offer: Offer) -> tuple[Json] | None:
        choice = None if offer.takes_several else offer.chosen(text)
        if choice is not None:
            return (choice.value,)
        text = offer.spelled_out(text) if offer.takes_several else text
        try:
            value = self._read(text)
        except ValidationError as error:
            complain(map(str, explain(error, self.leaf, readable(text))))
            return None
        reason = offer.refuses(value)
        if reason:
            seen = MASK if self.leaf.is_secret else shown(text)
            complain([str(Problem(self.leaf.name, reason, seen, self.leaf))])
            return None
        doubt = offer.doubts(value)
        if doubt:
            paragraph(f"note: {doubt}", fg="yellow")
        return (value,)

    def _read(self, text: str) -> Json:
        leaf = self.leaf
        if leaf.is_flag and text.lower() in (*YES, *NO):
            return text.lower() in YES
        if text.lower() == NONE and NONE not in choices(leaf.info.annotation):
            try:
                return json_from_text(leaf.adapter, "null")
            except ValidationError:
                pass  # it cannot be none: then it is an answer like any other
        return json_from_text(leaf.adapter, literal(text))

    def _help(self) -> None:
        paragraph(about(self.leaf))
        limited = choices(self.leaf.info.annotation)
        if limited:
            paragraph(f"It is one of: {', '.join(limited)}.")
        if self.has_usual:
            paragraph(f"Without an answer it is: {text_of(self.leaf, self.usual)}")
        session = current()
        listed = session.listed if session else ""
        flag = f"--{listed} JSON" if listed else f"--{self.leaf.name} VALUE"
        paragraph(f"On a command line: {flag}", dim=True)
        explain_keys()


def confirm(question: str, usual: bool) -> bool | None:
    """Return yes or no; None if the usual answers are to stand for all that follows.

    Raises
    ------
    GoBack
        If the question before is wanted.
    """
    while True:
        text = read(f"{question} [{'Y/n' if usual else 'y/N'}]:").lower()
        key = key_in(text)
        if key is Key.BACK:
            raise GoBack
        if key is Key.HELP:
            explain_keys()
        elif key is Key.REST:
            return None
        elif not text:
            return usual
        elif text in (*YES, *NO):
            return text in YES
        else:
            complain([f"{shown(text)} is neither yes nor no"])


def may_stay(section: Section, held: Json, session: Session) -> bool:
    """Show what a section holds, and return whether it may stay.

    Raises
    ------
    GoBack
        If the question before is wanted.
    """
    for child in section.children:
        if isinstance(child, Leaf) and child.key in held:
            paragraph(f"{child.path[-1]}: {text_of(child, held[child.key])}")
    answer = confirm(f"{INDENT}keep these?", usual=True)
    session.is_hurried = answer is None
    return answer is None or answer
