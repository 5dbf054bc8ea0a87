"""Which build of a model an output is from, where the model does not say it itself."""

from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version

from acoupi.components.types import Model
from acoupi.data import ModelOutput

__all__ = ["version_of", "with_origin"]


def with_origin(output: ModelOutput, model: Model) -> ModelOutput:
    """Return the output with the version and hash of the model, unless it has them."""
    said = {
        "model_version": output.model_version or version_of(model),
        "model_hash": output.model_hash or str(getattr(model, "sha256", "")),
    }
    return output.model_copy(update=said)


def version_of(model: Model) -> str:
    """Return a model's version, else that of the package it is in; empty if it is in none."""
    said = getattr(model, "version", None)
    return _package_version(type(model).__module__) if said is None else str(said)


@cache
def _package_version(module: str) -> str:
    package = module.partition(".")[0]
    # One that is installed from its source folder need not list what it holds.
    names = set(packages_distributions().get(package, [package]))
    # Several share a namespace: none of them can be told from the others.
    if len(names) > 1:
        return ""
    try:
        return version(names.pop())
    except PackageNotFoundError:
        return ""
