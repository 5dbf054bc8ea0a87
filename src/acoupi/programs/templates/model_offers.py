"""What is proposed to a person who chooses models."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, cast

from acoupi.config.wizard.offers import Choice, Offer
from acoupi.errors import ModelError
from acoupi.models.shelf import InstalledModel, find_model, installed_names
from acoupi.models.shelf.catalogue import KNOWN, known_source
from acoupi.models.shelf.offered import OfferedModel, find_offered, offered_names

__all__ = ["offer_models"]

FIELD = "models"
NO_MODELS = {"birdnet-names"}
"""What is installed as if it were a model."""

LEAD = "Give a number, or several, such as 1, 2; or names, also of what you will install later."
OURS = "acoupi."
FEW_LABELS = 3


def offer_models(so_far: Mapping[str, Any], is_needed: bool = True) -> Offer:
    """Return what to propose for the models of a program.

    Parameters
    ----------
    so_far
        What the section of the models holds.
    is_needed
        Whether there is no other usual answer than the only model that is installed.
    """
    installed = list(_installed())
    choices = [*installed, *_offered(), *_to_be_had()]
    only = [installed[0].value] if is_needed and len(installed) == 1 else None
    return Offer(
        lead=LEAD,
        choices=tuple(choices),
        usual=None if so_far.get(FIELD) else only,
        refuses=_refusal,
        doubts=_doubt,
        shows=lambda value: ", ".join(_names(value)) or None,
        takes_several=True,
    )


def _installed() -> Iterator[Choice]:
    for name in installed_names():
        if name in NO_MODELS:
            continue
        try:
            yield _of_shelf(name, find_model(name))
        except ModelError as error:
            yield Choice(name, name, f"cannot be used: {error.message}; {error.help}")


def _of_shelf(name: str, model: InstalledModel) -> Choice:
    licence = model.manifest.licence
    said = [_labels(model), f"licence {licence}" if licence else "", "installed"]
    return Choice(name, f"{name}: {model.title}", "; ".join(filter(None, said)))


def _labels(model: InstalledModel) -> str:
    """Say what a network of one's own can name; the title of another does."""
    if model.manifest.kind != "file":
        return ""
    from acoupi.models.own import LABELS

    try:
        labels = (model.folder / LABELS).read_text("utf-8").split("\n")[:-1]
    except (OSError, UnicodeDecodeError):
        return ""
    listed = ", ".join(labels[:FEW_LABELS])
    return f"{len(labels)} labels, such as {listed}" if labels[FEW_LABELS:] else listed


def _offered() -> Iterator[Choice]:
    names = [name for name in offered_names() if name not in installed_names()]
    for model in filter(None, map(find_offered, names)):
        name = model.entry.name
        yield Choice(name, f"{name}: {_purpose(model)}".rstrip(": "), f"installed {model.title}")


def _purpose(model: OfferedModel) -> str:
    """Say what a model is for, without importing what others wrote."""
    entry = model.entry
    if entry.value.startswith(OURS):
        return (inspect.getdoc(entry.load()) or "").partition("\n")[0]
    return entry.dist.metadata["Summary"] or "" if entry.dist else ""


def _to_be_had() -> Iterator[Choice]:
    for name in sorted(KNOWN.keys() - NO_MODELS - set(installed_names())):
        source = known_source(name)
        details = f"licence {source.licence}; not installed yet: {_command(name)}"
        yield Choice(name, f"{name}: {source.title}", details)


def _command(name: str) -> str:
    own = "" if name in KNOWN else " --from-file FILE --labels FILE"
    return f"acoupi models install {name}{own}"


def _refusal(value: object) -> str | None:
    number = next((name for name in _absent(value) if name.isdecimal()), None)
    return number and f"asks for number {number}, which is not in the list"


def _doubt(value: object) -> str | None:
    doubts = (
        f"{name} is not installed; before the start: {_command(name)}" for name in _absent(value)
    )
    return "; ".join(doubts) or None


def _absent(value: object) -> list[str]:
    there = {*installed_names(), *offered_names()}
    return [name for name in _names(value) if name not in there]


def _names(value: object) -> list[str]:
    """Return the names of models, in whatever way they are written in a configuration."""
    if isinstance(value, str):
        return [name.strip() for name in value.split(",")]
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [str(_name(item)) for item in items]


def _name(item: object) -> object:
    return cast("dict[str, object]", item).get("name") if isinstance(item, dict) else item
