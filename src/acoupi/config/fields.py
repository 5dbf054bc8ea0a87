"""A model class as a tree of sections and leaves.

Everything that reads or writes configuration, from the flags of ``setup`` to
``config set``, goes by this tree and no other.
"""

import difflib
import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, Field, PydanticUserError, TypeAdapter
from pydantic.fields import FieldInfo

from acoupi.config.annotations import holds_secret, is_flag, optional_model

__all__ = ["Leaf", "NoUserPrompt", "Node", "Section", "nearest", "walk"]

FieldPath: TypeAlias = tuple[str, ...]


class NoUserPrompt:
    """Mark a field that is never asked for: ``field: Annotated[int, NoUserPrompt] = 3``."""


@dataclass(frozen=True, eq=False)
class Leaf:
    """A field with one value.

    Parameters
    ----------
    path
        The names that lead to it.
    key
        Its name in a JSON document: the alias, if the field has one.
    model
        The class it is a field of.
    """

    path: FieldPath
    key: str
    info: FieldInfo
    model: type[BaseModel]

    @property
    def name(self) -> str:
        """The dotted name."""
        return ".".join(self.path)

    @property
    def is_required(self) -> bool:
        """Whether there is no default."""
        return self.info.is_required()

    @property
    def is_asked(self) -> bool:
        """Whether a person may be asked for it."""
        return _is_asked(self.info)

    @property
    def is_flag(self) -> bool:
        """Whether it is either true or false."""
        return is_flag(self.info.annotation)

    @cached_property
    def is_secret(self) -> bool:
        """Whether its value must not be shown."""
        return holds_secret(self.info.annotation)

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """What validates its value alone."""
        annotation: Any = self.info.rebuild_annotation()
        if self.info.discriminator is not None:
            annotation = Annotated[annotation, Field(discriminator=self.info.discriminator)]
        try:
            return TypeAdapter(annotation, config=self.model.model_config)
        except PydanticUserError:  # a type with a configuration of its own
            return TypeAdapter(annotation)


@dataclass(frozen=True, eq=False)
class Section:
    """A field that is a model, or the whole schema.

    Parameters
    ----------
    info
        None for the schema itself.
    is_optional
        Whether it may be None.
    """

    path: FieldPath
    key: str
    model: type[BaseModel]
    info: FieldInfo | None
    is_optional: bool
    children: "tuple[Node, ...]"

    @property
    def name(self) -> str:
        """The dotted name."""
        return ".".join(self.path)

    @property
    def is_required(self) -> bool:
        """Whether a document must have it."""
        return self.info is None or self.info.is_required()

    @property
    def is_asked(self) -> bool:
        """Whether a person may be asked for what is in it."""
        return self.info is None or _is_asked(self.info)

    @property
    def title(self) -> str:
        """A heading."""
        given = self.info.title if self.info else None
        return given or (self.path[-1].replace("_", " ").capitalize() if self.path else "")

    @property
    def description(self) -> str:
        """What it is about: the field's description, or the first line of the class's."""
        given = self.info.description if self.info else None
        return given or (inspect.cleandoc(self.model.__doc__ or "").partition("\n")[0])

    @property
    def hook(self) -> Callable[..., object] | None:
        """The model's own ``setup(args, prompt, prefix)``, if it has one."""
        setup = getattr(self.model, "setup", None)
        return setup if inspect.ismethod(setup) else None

    def nodes(self) -> "Iterator[Node]":
        """Yield everything below, depth first, in the order of the fields."""
        for child in self.children:
            yield child
            if isinstance(child, Section):
                yield from child.nodes()

    def leaves(self) -> Iterator[Leaf]:
        """Yield the leaves below."""
        return (node for node in self.nodes() if isinstance(node, Leaf))

    def by_key(self, key: object) -> "Node | None":
        """Return the child with this name in a JSON document."""
        return next((child for child in self.children if child.key == key), None)


Node: TypeAlias = Leaf | Section


def walk(model: type[BaseModel], path: FieldPath = ()) -> Section:
    """Return the tree of a model class.

    Parameters
    ----------
    path
        Where the model itself stands in a larger schema.
    """
    return Section(path, "", model, None, False, tuple(_children(model, path, (model,))))


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that ``name`` was probably meant to be."""
    names = list(names)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    alike = (n for n in names if n.rpartition(".")[2].startswith(name.rpartition(".")[2] or name))
    return next(iter(close), None) or next(alike, None)


def _is_asked(info: FieldInfo) -> bool:
    return not any(m is NoUserPrompt or isinstance(m, NoUserPrompt) for m in info.metadata)


def _children(
    model: type[BaseModel], path: FieldPath, ancestors: tuple[type[BaseModel], ...]
) -> Iterator[Node]:
    for name, info in model.model_fields.items():
        yield _node(model, (*path, name), info, ancestors)


def _node(
    model: type[BaseModel],
    path: FieldPath,
    info: FieldInfo,
    ancestors: tuple[type[BaseModel], ...],
) -> Node:
    key = _key(path[-1], info)
    found = optional_model(info.annotation)
    if found is None or found[0] in ancestors:
        return Leaf(path, key, info, model)
    inner, is_optional = found
    children = tuple(_children(inner, path, (*ancestors, inner)))
    return Section(path, key, inner, info, is_optional, children)


def _key(name: str, info: FieldInfo) -> str:
    alias = info.validation_alias if isinstance(info.validation_alias, str) else info.alias
    return alias or name
