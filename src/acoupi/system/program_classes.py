"""Which class of a module is the program."""

import importlib
import inspect
from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, TypeGuard, cast

from acoupi._faults import describe_fault
from acoupi.errors import InvalidProgramError, ProgramNotFoundError
from acoupi.programs import AcoupiProgram

__all__ = ["ENTRY_POINT_GROUP", "load_program_class"]

ENTRY_POINT_GROUP = "acoupi.programs"
USUAL_NAME = "Program"

ProgramClass = type[AcoupiProgram[Any]]


def load_program_class(program_name: str) -> ProgramClass:
    """Find a program by the name its package announces, or by its module.

    Parameters
    ----------
    program_name
        The name of an entry point in the group ``acoupi.programs``, or a
        module path such as ``acoupi.programs.default``.

    Raises
    ------
    ProgramNotFoundError
        If it cannot be imported; the message has the reason.
    InvalidProgramError
        If it holds no program, or several that are equally likely.
    """
    announced = list(entry_points(group=ENTRY_POINT_GROUP, name=program_name))
    path = announced[0].value if announced else program_name
    module_path, _, class_name = path.partition(":")
    module = _import(program_name, module_path)
    if class_name:
        return _named_class(program_name, module, class_name)
    return _choose(program_name, module)


def _import(program_name: str, module_path: str) -> ModuleType:
    try:
        return importlib.import_module(module_path)
    except Exception as error:  # what it does when imported is up to its author
        reason = str(error) if isinstance(error, ModuleNotFoundError) else describe_fault(error)
        raise ProgramNotFoundError(
            program_name, reason, _what_to_do(module_path, error)
        ) from error


def _what_to_do(module_path: str, error: Exception) -> str | None:
    """Say what helps where it is neither the spelling nor a package that is missing."""
    if "/" in module_path or module_path.endswith(".py"):
        return f"go to the folder of the file and name the module: {Path(module_path).stem}"
    if isinstance(error, ImportError) or module_path.startswith("."):
        return None
    return "the fault is in the program itself; acoupi --debug COMMAND shows all of it"


def _named_class(program_name: str, module: ModuleType, class_name: str) -> ProgramClass:
    found = getattr(module, class_name, None)
    if not _is_program(found):
        raise InvalidProgramError(
            program_name, f"{class_name!r} in the module {module.__name__!r} is no acoupi program"
        )
    return found


def _choose(program_name: str, module: ModuleType) -> ProgramClass:
    everything = [value for value in _contents(module) if _is_program(value)]
    own = [cls for cls in everything if cls.__module__ == module.__name__]
    candidates = _most_derived(own or everything)
    if len(candidates) > 1:
        candidates = [cls for cls in candidates if cls.__name__ == USUAL_NAME] or candidates
    if len(candidates) > 1:
        names = ", ".join(cls.__name__ for cls in candidates)
        raise InvalidProgramError(
            program_name,
            f"the module {program_name!r} holds several programs ({names}), "
            f"and none is called {USUAL_NAME}",
        )
    if not candidates:
        raise InvalidProgramError(program_name)
    return candidates[0]


def _contents(module: ModuleType) -> list[Any]:
    """Return what a module holds, also what its ``__all__`` loads lazily."""
    public: Iterable[str] = getattr(module, "__all__", ())
    names = [*dict.fromkeys([*vars(module), *public])]
    values: list[Any] = [getattr(module, name, None) for name in names]
    return list({id(value): value for value in values}.values())


def _is_program(value: object) -> TypeGuard[ProgramClass]:
    return (
        isinstance(value, type)
        and issubclass(value, AcoupiProgram)
        and value is not AcoupiProgram
        and not inspect.isabstract(cast("object", value))
    )


def _most_derived(classes: list[ProgramClass]) -> list[ProgramClass]:
    return [
        cls
        for cls in classes
        if not any(other is not cls and issubclass(other, cls) for other in classes)
    ]
