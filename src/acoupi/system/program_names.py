"""The programs that can be set up, found without importing any."""

import ast
import pkgutil
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import acoupi.programs
from acoupi.system.program_classes import ENTRY_POINT_GROUP

__all__ = ["described_programs", "program_names"]

USUAL = "acoupi.programs.default"
TRIAL = "acoupi.programs.test"


def program_names() -> list[str]:
    """Return the names that ``setup`` takes: our programs, and what packages announce."""
    return list(described_programs())


def described_programs() -> dict[str, str]:
    """Return the names of programs with what their module says of itself."""
    own = sorted(_own_modules(), key=lambda name: (name != USUAL, name == TRIAL, name))
    announced = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)
    modules = {name: name for name in own} | {p.name: p.module for p in announced}
    return {name: _first_line(module) for name, module in modules.items()}


def _own_modules() -> Iterator[str]:
    for module in pkgutil.iter_modules(acoupi.programs.__path__, "acoupi.programs."):
        if not module.ispkg and not module.name.rpartition(".")[2].startswith("_"):
            yield module.name


def _first_line(module: str) -> str:
    """Return the first line of a module's docstring, without running the module."""
    try:
        spec = find_spec(module)
        source = Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""
        documented = ast.get_docstring(ast.parse(source)) or ""
    except (ImportError, OSError, ValueError, SyntaxError):
        return ""
    return documented.partition("\n")[0]
