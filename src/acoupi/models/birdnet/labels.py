"""What BirdNET's outputs stand for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from acoupi.errors import ConfigurationError, ModelError

__all__ = ["Label", "Labels", "read_labels"]

HUMAN = "Human"
NOISES = frozenset(
    {"Dog", "Engine", "Environmental", "Fireworks", "Gun", "Noise", "Power tools", "Siren"}
)


@dataclass(frozen=True)
class Label:
    """A species, or another kind of sound, whose names are then equal."""

    scientific: str
    common: str

    @property
    def is_human(self) -> bool:
        """Whether a person is heard."""
        return self.scientific.split()[0] == HUMAN

    @property
    def is_noise(self) -> bool:
        """Whether it is neither a species nor a person; a dog is part of what people do."""
        return self.scientific in NOISES


@dataclass(frozen=True)
class Labels:
    """The labels, in the order of the outputs."""

    labels: Sequence[Label]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> Label:
        return self.labels[index]

    @cached_property
    def _places(self) -> dict[str, int]:
        names = (
            (index, name) for index, label in enumerate(self.labels) for name in _names(label)
        )
        return {name.casefold(): index for index, name in names}

    def find(self, name: str) -> int:
        """Return which output a scientific or common name means.

        Raises
        ------
        ConfigurationError
            If there is none, with names that look alike.
        """
        index = self._places.get(name.strip().casefold())
        if index is None:
            raise ConfigurationError(f"BirdNET knows no species {name!r}", help=self._near(name))
        return index

    def find_all(self, names: Iterable[str]) -> list[int]:
        """Return which outputs names mean."""
        return [self.find(name) for name in names]

    def _near(self, name: str) -> str:
        near = get_close_matches(name.casefold(), self._places, n=3)
        alike = dict.fromkeys(self.labels[self._places[one]].scientific for one in near)
        names = " or ".join(map(repr, alike))
        return f"perhaps {names}" if names else "give its scientific name, or its common one"


def read_labels(path: Path) -> Labels:
    """Read a file of ``Scientific name_Common name`` lines.

    Raises
    ------
    ModelError
        If it is not there, or is no such file.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f"{path} cannot be read: {error}", help="install BirdNET again"
        ) from error
    return Labels([_label(path, number, line) for number, line in enumerate(lines, 1)])


def _label(path: Path, number: int, line: str) -> Label:
    scientific, mark, common = line.strip().partition("_")
    if not (mark and scientific and common):
        raise ModelError(f"line {number} of {path} is no label: {line!r}")
    return Label(scientific, common)


def _names(label: Label) -> tuple[str, ...]:
    return (label.scientific, label.common, f"{label.scientific}_{label.common}")
