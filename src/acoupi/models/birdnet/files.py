"""What is in the folder of an installed BirdNET."""

from pathlib import Path

from acoupi.errors import ConfigurationError, ModelError
from acoupi.models.birdnet.labels import Label, Labels, read_labels

__all__ = [
    "CLASSIFIER",
    "LABELS",
    "RANGE",
    "labels_in",
    "languages_in",
    "names_file",
]

CLASSIFIER = "classifier"
RANGE = "range"
LABELS = "labels.txt"
NAMES = "birdnet-names"


def labels_in(folder: Path, language: str = "") -> Labels:
    """Return the labels, with common names in a language.

    Raises
    ------
    ConfigurationError
        If the names in this language are not installed.
    ModelError
        If the labels cannot be read, or those of two languages do not match.
    """
    labels = read_labels(folder / LABELS)
    if language in ("", "en"):
        return labels
    path = names_dir(folder) / names_file(language)
    if not path.is_file():
        there = languages_in(folder)
        raise ConfigurationError(
            f"the names of species in {language!r} are not installed",
            help=f"there are {', '.join(there)}"
            if there
            else "acoupi models install birdnet-names",
        )
    return _merged(labels, read_labels(path), path)


def names_dir(folder: Path) -> Path:
    """Return where the names in other languages are: on the shelf beside BirdNET."""
    return folder.with_name(NAMES)


def names_file(language: str) -> str:
    """Return the file that the names in a language are in."""
    return f"labels_{language}.txt"


def languages_in(folder: Path) -> list[str]:
    """Return the languages whose names are installed, beside English."""
    files = names_dir(folder).glob(names_file("*"))
    return sorted(path.stem.removeprefix("labels_") for path in files)


def _merged(labels: Labels, others: Labels, path: Path) -> Labels:
    """Take the common names of others; a species may have another scientific name there."""
    if len(labels) != len(others):
        raise ModelError(f"{path} has {len(others)} labels and should have {len(labels)}")
    pairs = zip(labels.labels, others.labels, strict=True)
    return Labels([Label(label.scientific, other.common) for label, other in pairs])
