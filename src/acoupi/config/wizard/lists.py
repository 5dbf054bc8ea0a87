"""Lists of sections that a person is asked for one by one."""

from dataclasses import dataclass, replace
from typing import get_args

from acoupi.config.annotations import bare
from acoupi.config.fields import Leaf, Node, Section, walk

__all__ = ["AskedEach", "item_section", "mark_of"]


@dataclass(frozen=True)
class AskedEach:
    """Mark a list of models that a person is asked for one by one.

    ``doors: Annotated[list[Door], AskedEach("Is there a further door?")] = []``
    """

    question: str
    """Whether there is one more."""


def mark_of(node: Node) -> AskedEach | None:
    """Return how the items of a field are asked for, if they are."""
    marks = node.info.metadata if isinstance(node, Leaf) else ()
    return next((mark for mark in marks if isinstance(mark, AskedEach)), None)


def item_section(leaf: Leaf) -> Section:
    """Return what an item of a list is, under the title of the list."""
    (model,) = get_args(bare(leaf.info.annotation))
    return replace(walk(model, leaf.path), info=leaf.info)
