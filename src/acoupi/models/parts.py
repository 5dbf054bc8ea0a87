"""Packages that only some models need."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from acoupi.errors import ModelError

__all__ = ["has_part", "load_part"]


def load_part(module: str, extra: str) -> Any:
    """Import a module that one of acoupi's extras brings.

    Raises
    ------
    ModelError
        If it is not installed, with what to type.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ModelError(
            f"{module} is not installed: {error}", help=f"pip install 'acoupi[{extra}]'"
        ) from error


def has_part(module: str) -> bool:
    """Tell whether a module can be found, without importing it."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
