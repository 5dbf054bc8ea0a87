"""Models that installed packages offer by the entry point ``acoupi.models``."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from typing import Any

from acoupi.components.types import Model
from acoupi.errors import ModelError

__all__ = ["GROUP", "OfferedModel", "find_offered", "offered_names"]

GROUP = "acoupi.models"
USUAL_RATE_HZ = 48_000
USUAL_WINDOW_S = 3.0


@dataclass(frozen=True)
class OfferedModel:
    """A model that a package offers: a class, or a function that makes one."""

    entry: EntryPoint

    @property
    def title(self) -> str:
        """Where it comes from."""
        package = self.entry.dist
        return f"from {package.name} {package.version}" if package else self.entry.value

    @property
    def rate_hz(self) -> int:
        """What it says it looks at, or what is usual."""
        return int(getattr(self._load(), "rate_hz", USUAL_RATE_HZ))

    @property
    def window_s(self) -> float:
        """How much of it at a time."""
        return float(getattr(self._load(), "window_s", USUAL_WINDOW_S))

    @property
    def takes_threshold(self) -> bool:
        """Whether it can be told the lowest score to report."""
        return "threshold" in _options_of(self._load())

    def problems(self) -> list[str]:
        """Nothing: what packages install is checked by them."""
        return []

    def open(self, options: Mapping[str, Any] | None = None) -> Model:
        """Make the model.

        Raises
        ------
        ModelError
            If it cannot be made.
        """
        make = self._load()
        try:
            return make(**(options or {}))
        except TypeError as error:
            raise ModelError(
                f"the model {self.entry.name} cannot be made: {error}", help=_taken_by(make)
            ) from error

    def _load(self) -> Any:
        try:
            return self.entry.load()
        except (ImportError, AttributeError) as error:
            raise ModelError(
                f"the model {self.entry.name}, {self.entry.value}, cannot be imported: {error}",
                help="install its package again",
            ) from error


def _taken_by(make: Any) -> str:
    """Say what options there are."""
    names = _options_of(make)
    return f"its options are {', '.join(names)}" if names else "it has no options"


def _options_of(make: Any) -> list[str]:
    """Return the names of the options, as far as they can be told."""
    with contextlib.suppress(TypeError, ValueError):
        return list(signature(make).parameters)
    return []


def offered_names() -> list[str]:
    """Return the names of all that is offered."""
    return sorted(entry_points(group=GROUP).names)


def find_offered(name: str) -> OfferedModel | None:
    """Return what is offered by a name."""
    found = entry_points(group=GROUP, name=name)
    return OfferedModel(next(iter(found))) if found else None
