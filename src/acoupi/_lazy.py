"""Lazy exports for package ``__init__`` files (PEP 562)."""

import importlib
import sys
from collections.abc import Callable, Mapping

__all__ = ["attach"]


def attach(
    package: str, exports: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Build ``__getattr__``, ``__dir__`` and ``__all__`` for a package.

    Parameters
    ----------
    package
        The package's ``__name__``.
    exports
        Public name to the module that defines it, relative to the package
        (``".store"``) or absolute. A module that *is* the export maps to
        itself: ``{"config": ".config:"}``.
    """

    def getattr_(name: str) -> object:
        where = exports.get(name)
        if where is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module_name, _, whole = where.partition(":")
        module = importlib.import_module(module_name, package)
        value: object = module if _ and not whole else getattr(module, whole or name)
        setattr(sys.modules[package], name, value)
        return value

    return getattr_, lambda: sorted(exports), sorted(exports)
