"""The page at the end, and what the person makes of it."""

import json
from dataclasses import dataclass

import click
from pydantic import ValidationError

from acoupi.config.documents import build
from acoupi.config.fields import Section, nearest
from acoupi.config.problems import explain, refusal, shown
from acoupi.config.wizard.answers import Answers
from acoupi.config.wizard.keys import Key, explain_keys, key_in
from acoupi.config.wizard.plan import Step
from acoupi.config.wizard.questions import NO, YES
from acoupi.config.wizard.summary import LEGEND, Row, row_lines, summary_rows
from acoupi.config.wizard.terminal import complain, paragraph, read, say, width

__all__ = ["Again", "review", "steps_named"]

NOT_WRITTEN = 1
QUESTION = "Write this? [Y/n/section to change]:"
SHORT_QUESTION = "Write this? [Y/n/section]:"
ROOM_FOR_VALUES = 12
ROOM = 20
"""Columns that are left for an answer."""


@dataclass(frozen=True)
class Again:
    """What is to be asked once more."""

    steps: tuple[Step, ...]


def review(answers: Answers, is_asked: bool) -> Again | None:
    """Show what will be written, and return what the person wants to change; None to write.

    Parameters
    ----------
    is_asked
        Whether there is a person who can say so.

    Raises
    ------
    click.exceptions.Exit
        If nothing is to be written.
    """
    _show(answers)
    while is_asked:
        text = read(QUESTION if len(QUESTION) + ROOM < width() else SHORT_QUESTION)
        key = key_in(text)
        if not text or text.lower() in YES:
            return None
        if text.lower() in NO:
            say("nothing was written")
            raise click.exceptions.Exit(NOT_WRITTEN)
        if key is Key.BACK and answers.history:
            return Again((answers.history[-1],))
        if key is not None:
            explain_keys()
            paragraph("Here: y or Enter writes it, n ends, and a section or a field is changed.")
        elif found := steps_named(text, answers):
            return Again(found)
        else:
            complain([_unknown(text, answers)])
    return None


def steps_named(text: str, answers: Answers) -> tuple[Step, ...]:
    """Return the steps of the section or field that was meant; none if that is unclear.

    The end of a dotted name is enough, or the beginning of it.
    """
    name = text.strip().lower().replace(" / ", ".").replace(" ", "_").replace("-", "_")
    if not name:
        return ()
    named = {path: ".".join(path).lower() for path in _paths(answers)}
    for is_meant in (_is_name, _is_end, _is_start, _is_last_start):
        found = [path for path, full in named.items() if is_meant(full, name)]
        if found:
            path = min(found, key=len)
            return tuple(step for step in answers.history if step.is_within(path))
    return ()


def _is_name(full: str, name: str) -> bool:
    return full == name


def _is_end(full: str, name: str) -> bool:
    return full.endswith(f".{name}")


def _is_start(full: str, name: str) -> bool:
    return full.startswith(name)


def _is_last_start(full: str, name: str) -> bool:
    return full.rpartition(".")[2].startswith(name)


def _paths(answers: Answers) -> list[tuple[str, ...]]:
    """Return the paths of all that was decided, and of the sections it is in."""
    own = [step.node.path for step in answers.history]
    return list(dict.fromkeys(path[: n + 1] for path in own for n in range(len(path))))


def _unknown(text: str, answers: Answers) -> str:
    names = [".".join(path) for path in _paths(answers)]
    meant = nearest(text, names)
    hint = f"; did you mean {meant}?" if meant else f"; one is {names[0]}" if names else ""
    return f"there is nothing called {shown(text)} to change{hint}"


def _show(answers: Answers) -> None:
    page = _page(answers)
    columns = width()
    longest = max((len(row.name) for row in page if row.text), default=0) + 6
    say()
    say("What will be written", bold=True)
    for row in page:
        for line in row_lines(row, min(longest, columns - ROOM_FOR_VALUES), columns):
            say(line, fg="cyan" if row.differs else None, bold=not row.text)
    if any(row.differs for row in page):
        say()
        say(f"  {LEGEND}", dim=True)
    say()


def _page(answers: Answers) -> list[Row]:
    root: Section = answers.root
    document = build(root, answers.merged(), answers.kept)
    try:
        config = root.model.model_validate_json(json.dumps(document))
    except ValidationError as error:
        raise refusal(explain(error, root, document)) from None
    return summary_rows(root, config)
