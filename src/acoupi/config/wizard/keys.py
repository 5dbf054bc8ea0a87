"""The words that steer the conversation, in place of an answer."""

from enum import Enum

from acoupi.config.wizard.terminal import paragraph, say

__all__ = ["Key", "explain_keys", "key_in", "literal", "show_keys"]

HINT = (
    ("Enter", "take what is in [brackets]"),
    ("<", "back to the question before"),
    ("!", "keep the rest as it is"),
    ("?", "more about the question"),
    ("Ctrl-C", "leave; nothing is written"),
)
MORE = "An answer that is itself one of these is written with a \\ before it, such as \\back."


class Key(Enum):
    """What can be asked for in place of an answer."""

    BACK = "back"
    REST = "the rest as it is"
    HELP = "help"


_KEYS = {"<": Key.BACK, "back": Key.BACK, "!": Key.REST, "?": Key.HELP}


def key_in(text: str) -> Key | None:
    """Return the key that a line is."""
    return _KEYS.get(text)


def literal(text: str) -> str:
    """Return the answer that a line is: without the mark that says it is no key."""
    return text[1:] if text[:1] == "\\" and text[1:] in (*_KEYS, "none") else text


def show_keys() -> None:
    """Say what the keys do, in as few words as there are."""
    for key, does in HINT:
        say(f"  {key:<8}{does}", dim=True)


def explain_keys() -> None:
    """Say all about the keys."""
    show_keys()
    paragraph(MORE, dim=True)
