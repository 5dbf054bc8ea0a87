"""Models that are built by the first process that asks them something."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from acoupi.components.optional import call_if_there
from acoupi.components.types import Model
from acoupi.data import ModelOutput, Recording
from acoupi.models.origin import version_of

__all__ = ["LateModel", "LateModels", "Listeners", "warm_up"]

T = TypeVar("T")


class Late(Generic[T]):
    """Something that is made when it is first asked for.

    Parameters
    ----------
    build
        Makes it; called once.
    """

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._made: list[T] = []

    def get(self) -> T:
        """Return it."""
        with self._lock:
            if not self._made:
                self._made.append(self._build())
            return self._made[0]


class LateModel(Model):
    """A model that is built by the first process that asks it something.

    Parameters
    ----------
    build
        Makes the model; called once.
    """

    def __init__(self, build: Callable[[], Model]) -> None:
        self._late = Late(build)

    @property
    def model(self) -> Model:
        """The model itself."""
        return self._late.get()

    @property
    def name(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The name of the model."""
        return self.model.name

    @property
    def version(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The version of the model."""
        return version_of(self.model)

    def run(self, recording: Recording) -> ModelOutput:
        """Run the model."""
        return self.model.run(recording)

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self.model, attribute)


class LateModels(Sequence[Model]):
    """Models that are chosen by the first process that asks for one.

    Parameters
    ----------
    build
        Chooses them; called once.
    """

    def __init__(self, build: Callable[[], Sequence[Model]]) -> None:
        self._late = Late(build)

    def __len__(self) -> int:
        return len(self._late.get())

    @overload
    def __getitem__(self, index: int) -> Model: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Model]: ...
    def __getitem__(self, index: int | slice) -> Model | Sequence[Model]:
        return self._late.get()[index]


@dataclass(frozen=True)
class Listeners:
    """The models that hear a microphone."""

    first: Model
    further: Sequence[Model]

    def __iter__(self) -> Iterator[Model]:
        yield self.first
        yield from self.further


def warm_up(listeners: Iterable[Listeners], logger: logging.Logger) -> bool:
    """Build all models, let those that can get ready, and tell whether none failed.

    One that did meets its failure again.
    """
    ready = [_warm_up_all(models, logger) for models in listeners]
    return all(ready)


def _warm_up_all(models: Listeners, logger: logging.Logger) -> bool:
    try:
        ready = [_warm_up(model, logger) for model in models]
    except Exception:  # the further ones could not even be counted
        logger.exception("not all models could be chosen")
        return False
    return all(ready)


def _warm_up(model: Model, logger: logging.Logger) -> bool:
    try:
        call_if_there(model, "warm_up")
    except Exception:
        logger.exception("a model could not be made ready")
        return False
    logger.info("ready: %s", model.name)
    return True
