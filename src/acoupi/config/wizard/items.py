"""Asking for the items of a list, one after the other."""

from collections.abc import Callable

from acoupi.config.documents import dump
from acoupi.config.fields import Leaf, Section
from acoupi.config.hooks import run_hook
from acoupi.config.parse import parse_section
from acoupi.config.values import Json
from acoupi.config.wizard.lists import AskedEach, item_section
from acoupi.config.wizard.questions import confirm, may_stay
from acoupi.config.wizard.session import GoBack, Session
from acoupi.config.wizard.terminal import INDENT

__all__ = ["ask_items"]


def ask_items(
    leaf: Leaf, mark: AskedEach, held: list[Json], session: Session, around: Callable[[Json], Json]
) -> list[Json]:
    """Return the items that a person gives.

    Parameters
    ----------
    held
        Those that there were; each is proposed in its place.
    around
        Makes what the whole conversation has so far, of the items so far.

    Raises
    ------
    GoBack
        If the question before the first is wanted.
    """
    section, items, proposed = item_section(leaf), list[Json](), dict(enumerate(held))
    while True:
        n = len(items)
        try:
            wanted = _is_wanted(mark, n in proposed, session)
        except GoBack:
            if not items:
                raise
            proposed[n - 1] = items.pop()
            continue
        if wanted is None:
            session.is_hurried = True
            return [*items, *(proposed[later] for later in sorted(proposed) if later >= n)]
        if not wanted:
            return items
        session.around = around(items)
        try:
            items.append(_ask_item(section, proposed.get(n), session))
        except GoBack:
            continue  # to whether there is one


def _is_wanted(mark: AskedEach, usual: bool, session: Session) -> bool | None:
    return None if session.is_hurried else confirm(f"{INDENT}{mark.question}", usual)


def _ask_item(section: Section, held: Json, session: Session) -> Json:
    if held is not None and may_stay(section, held, session):
        return held
    session.held[section.path], session.listed = held, section.name
    try:
        if section.hook:
            return run_hook(section, (), prompt=True)
        return dump(parse_section(section.model, prefix=section.name))
    finally:
        session.listed = ""
