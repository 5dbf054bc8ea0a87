"""What those who know more than a type says can propose for a field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["Choice", "Offer", "Offers", "Proposed"]


def _nothing(_: Any) -> str | None:
    return None


@dataclass(frozen=True)
class Choice:
    """A value that can be chosen by its number."""

    value: Any
    label: str
    details: str = ""


@dataclass(frozen=True)
class Offer:
    """What is said and accepted when a field is asked for.

    Parameters
    ----------
    lead
        What is said before the choices.
    usual
        What Enter takes where nothing was said earlier; None for the field's default.
    refuses
        Tells why a value cannot be; None if it can.
    doubts
        Tells what is uncertain about a value; it is taken all the same.
    shows
        Tells how a value is written for people, if not as in a file.
    takes_several
        Whether the value is a list of what is chosen.
    """

    lead: str = ""
    choices: tuple[Choice, ...] = ()
    usual: Any = None
    refuses: Callable[[Any], str | None] = _nothing
    doubts: Callable[[Any], str | None] = _nothing
    shows: Callable[[Any], str | None] = _nothing
    takes_several: bool = False

    def chosen(self, text: str) -> Choice | None:
        """Return the choice that a text is the number of, unless it is itself a value."""
        if not text.isdecimal() or any(str(choice.value) == text for choice in self.choices):
            return None
        number = int(text)
        return self.choices[number - 1] if 0 < number <= len(self.choices) else None

    def spelled_out(self, text: str) -> str:
        """Return a text with the values of several choices in place of their numbers."""
        parts = re.split(r"[,\s]+", text.strip(", "))
        chosen = [self.chosen(part) for part in parts]
        if not any(chosen) or text.startswith(("[", "{")):
            return text
        pairs = zip(chosen, parts, strict=True)
        return ", ".join(str(choice.value) if choice else part for choice, part in pairs)

    def number_of(self, value: Any) -> int | None:
        """Return the number of a value among the choices."""
        values = [choice.value for choice in self.choices]
        return values.index(value) + 1 if value in values else None


Offers: TypeAlias = Mapping[str, Callable[[Mapping[str, Any]], Offer]]
"""A field's name to what makes its offer from the values that the section has so far."""


@dataclass(frozen=True)
class Proposed:
    """Mark a field for which a person is offered something: ``Annotated[str, Proposed(make)]``."""

    make: Callable[[Mapping[str, Any]], Offer]
    """Makes the offer from the values that the section has so far."""
