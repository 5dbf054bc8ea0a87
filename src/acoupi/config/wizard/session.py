"""What the parts of one conversation share, across sections that ask by themselves."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from acoupi.config.fields import FieldPath
from acoupi.config.values import Json

__all__ = ["GoBack", "Session", "around", "current", "held", "opened"]


class GoBack(BaseException):
    """A way out rather than an error: the person wants the question before this one."""


@dataclass
class Session:
    """One conversation.

    Parameters
    ----------
    is_hurried
        Whether only what has no usual answer is still asked.
    headed
        The section whose heading was shown last.
    held
        What sections that ask by themselves hold already.
    around
        What was said so far, while an item of a list is asked for.
    listed
        The dotted name of that list; empty otherwise.
    """

    is_hurried: bool = False
    has_told_keys: bool = False
    headed: FieldPath | None = None
    held: dict[FieldPath, Json] = field(default_factory=dict[FieldPath, Json])
    around: Json = None
    listed: str = ""


_current: ContextVar[Session | None] = ContextVar("acoupi_wizard", default=None)


def current() -> Session | None:
    """Return the conversation that is going on."""
    return _current.get()


def held(path: FieldPath) -> Json:
    """Return what a section holds that asks within a conversation."""
    session = _current.get()
    return session.held.get(path) if session else None


def around() -> Json:
    """Return the document that an item is asked for in, as far as it is known."""
    session = _current.get()
    return session.around if session else None


@contextmanager
def opened() -> Generator[Session]:
    """Begin a conversation."""
    token = _current.set(session := Session())
    try:
        yield session
    finally:
        _current.reset(token)
